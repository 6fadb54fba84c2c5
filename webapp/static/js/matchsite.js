/** Names for the present site: what is typed is looked up, what is chosen becomes its id. */
import { element } from "./dom.js";
import { getJson, withQuery } from "./net.js";

const PAUSE_MS = 200;
const SHORTEST = 2;
const KINDS = { plots: "plot", premises: "premises" };

/** Whether a text is the id of a site rather than a name. */
export function isSite(text) {
  return /^(plot|premises):/.test(text);
}

/**
 * @param {HTMLFormElement} form
 * @param {import("./board.js").Board} board
 */
export function suggestSites(form, board) {
  let pause = 0;
  let asking = null;
  form.addEventListener("input", ({ target }) => {
    if (!target.matches("[data-present-site]")) return;
    clearTimeout(pause);
    if (target.value.length >= SHORTEST && !isSite(target.value)) {
      pause = setTimeout(() => suggest(target), PAUSE_MS);
    }
  });

  async function suggest(box) {
    asking?.abort();
    asking = new AbortController();
    const { as_of: asOf, language } = board.description;
    const view = new URLSearchParams(location.search).get("view");
    const url = withQuery("/search", { q: box.value, as_of: asOf, lang: language, view });
    const { hits } = await getJson(url, asking.signal).catch(() => ({ hits: [] }));
    const options = hits.filter(({ layer }) => layer in KINDS).map(({ layer, key, title, detail }) =>
      element("option", { value: `${KINDS[layer]}:${key}` }, [title, detail].filter(Boolean).join(", ")));
    box.list.replaceChildren(...options);
  }
}
