/** Small elements out of data; text is always set as text, never read as markup. */

/**
 * @param {string} name
 * @param {Object<string, string|number|boolean|null>} [attributes] true sets an empty one, null and false none
 * @param {...(Node|string)} children
 * @returns {HTMLElement}
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === false) continue;
    made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

/** Badge of a certainty that must be said; null for data that were observed or stated. */
export function certaintyBadge(code, title) {
  if (code !== "illustrative" && code !== "modelled") return null;
  return element("span", { class: `nl-data-badge badge badge--${code}` }, title);
}
