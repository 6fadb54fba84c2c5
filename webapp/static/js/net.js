/** Fetch JSON with errors that a page can tell a reader. */

/** Why an answer did not come. `kind`: "unreachable" or "refused". */
export class NetError extends Error {
  constructor(kind, { detail = "", reference = "" } = {}) {
    super(detail || kind);
    this.kind = kind;
    this.detail = detail;
    this.reference = reference;
  }
}

/**
 * @param {string} url
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 * @throws {NetError} unless the server answered well; an AbortError passes as it is
 */
export async function getJson(url, signal) {
  let answer;
  try {
    answer = await fetch(url, { signal, headers: { Accept: "application/json, application/geo+json" } });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new NetError("unreachable");
  }
  const body = await answer.json().catch((error) => {
    if (error.name === "AbortError") throw error;
    return null;
  });
  if (answer.ok && body !== null) return body;
  throw new NetError("refused", body?.error ?? {});
}

/**
 * Fetch a page or a part of one; a refusal that is a page of its own is an answer too.
 * @param {string} url
 * @param {Object<string, string>} headers
 * @param {AbortSignal} [signal]
 * @returns {Promise<{ok: boolean, headers: Headers, text: string}>}
 * @throws {NetError} unless the server answered; an AbortError passes as it is
 */
export async function getText(url, headers, signal) {
  try {
    const answer = await fetch(url, { signal, headers: { Accept: "text/html", ...headers } });
    return { ok: answer.ok, headers: answer.headers, text: await answer.text() };
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new NetError("unreachable");
  }
}

/**
 * Address with parameters set; those that are null or undefined are left out.
 * @param {string} url
 * @param {Object<string, string|number|null|undefined>} parameters
 */
export function withQuery(url, parameters) {
  const [path, query = ""] = url.split("?");
  const all = new URLSearchParams(query);
  for (const [name, value] of Object.entries(parameters)) {
    if (value === null || value === undefined) all.delete(name);
    else all.set(name, value);
  }
  const text = all.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
  return text ? `${path}?${text}` : path;
}
