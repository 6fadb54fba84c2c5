/** The card of what was chosen, in the panel; never a balloon over the map. */
import { certaintyBadge, element } from "./dom.js";
import { getJson, withQuery } from "./net.js";

/** @param {import("./board.js").Board} board */
export function bindCard(board) {
  const place = document.querySelector("[data-card]");
  if (!place) return;
  let opener = null;
  const close = () => {
    place.hidden = true;
    place.replaceChildren();
    board.release();
    opener?.focus?.();
  };
  board.addEventListener("chosen", async ({ detail: { layer, key, focus } }) => {
    const view = board.layer(layer);
    if (!view) return;
    opener = focus ? document.activeElement : null;
    const known = view.items.get(key);
    const card = known ? { row: known.row, said: view.answer.view } : await fetchCard(board, view, key);
    if (!card || board.chosen?.key !== key) return;
    place.replaceChildren(draw(board, view, key, card, close));
    place.hidden = false;
    document.getElementById(board.description.panel)?.dispatchEvent(new CustomEvent("raise"));
    place.scrollIntoView({ block: "nearest" });
    if (focus) place.querySelector("h2").focus();
  });
  place.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
}

/** Ask for one record that the map has not loaded; null where that fails. */
async function fetchCard(board, view, key) {
  const { as_of: asOf, language } = board.description;
  const url = withQuery(`/layers/${view.config.id}/${encodeURIComponent(key)}.geojson`,
    { as_of: asOf, lang: language, for: "map" });
  try {
    const { view: said } = await getJson(url);
    const [title, cells, source, certainty, certaintyTitle] = said.rows[0];
    return { said, row: { title, cells, source, certainty, certaintyTitle } };
  } catch (error) {
    board.emit("failed", { view, error });
    return null;
  }
}

function draw(board, view, key, { row, said }, close) {
  const { config } = view;
  const card = element("article", { class: "card", "data-layer": config.id, "data-key": key });
  card.append(element("p", { class: "card__kind" }, config.title));
  card.append(element("h2", { class: "nl-heading nl-heading--level-3", tabindex: "-1" }, row.title));
  const since = textOf(said, row, "status_since") || textOf(said, row, "vacant_since");
  const status = textOf(said, row, "status") || textOf(said, row, "vacancy_class");
  if (status) {
    const line = since ? `${status} ${board.say("since")} ${since}` : status;
    card.append(element("p", { class: "card__subtitle" }, line));
  }
  if (said) card.append(figures(board, said, row));
  const badge = certaintyBadge(row.certainty, row.certaintyTitle);
  const source = element("p", { class: "card__source" }, `${board.say("source")}: ${row.source || said?.source || ""} `);
  if (badge) source.append(badge);
  card.append(source, links(board, config, key, close));
  return card;
}

function textOf(said, row, name) {
  const at = said ? said.columns.findIndex(([column]) => column === name) : -1;
  return at < 0 ? "" : row.cells[at];
}

/** The fields that matter most by the layer file; one that is missing is said to be unknown. */
function figures(board, said, row) {
  const list = element("dl", { class: "figures" });
  for (const name of said.card) {
    const column = said.columns.find(([candidate]) => candidate === name);
    if (!column || name === "vacancy_class" || name === "vacant_since") continue;
    const value = textOf(said, row, name) || board.say("unknown");
    list.append(element("div", {}, element("dt", {}, column[1]), element("dd", {}, value)));
  }
  return list;
}

function links(board, config, key, close) {
  const { as_of: asOf } = board.description;
  const line = element("p", { class: "card__links" });
  const own = [[config.open_url, "open"], [config.match_url, "match"]].map(([to, word]) => [board.words[word], to]);
  for (const [word, address] of [...own, ...(config.links ?? [])]) {
    if (!address) continue;
    // A key that was told apart by a number still belongs to one record.
    const filled = address.replace("{key}", encodeURIComponent(key.replace(/#\d+$/, "")));
    line.append(element("a", { class: "nl-link", href: withQuery(filled, { as_of: asOf }) }, word));
  }
  const back = element("button", { type: "button", class: "text-button" }, board.say("back"));
  back.addEventListener("click", close);
  line.append(back);
  return line;
}
