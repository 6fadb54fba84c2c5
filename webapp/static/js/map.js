/**
 * The map of a page. The server writes one short module script that calls createMap,
 * addRaster, addLayer and startMap; a page's own script reaches the same map through currentBoard().
 *
 * @typedef {Object} LayerConfig  see webapp/maps/view.py, MapLayer
 * @typedef {{layer: string, key: string}} FeatureRef
 */
import { Board } from "./board.js";
import { bindCard } from "./card.js";
import { bindDrawer } from "./drawer.js";
import { bindLabels } from "./labels.js";
import { bindLinked } from "./linked.js";
import { withQuery } from "./net.js";
import { bindPanel } from "./panel.js";
import { bindPermalink } from "./permalink.js";
import { bindPrint, showAtScale } from "./print.js";
import { RasterView } from "./raster.js";
import { bindReadout } from "./readout.js";
import { bindResults } from "./results.js";
import { bindSearch } from "./search.js";
import { bindSheet } from "./sheet.js";
import { bindStatus } from "./status.js";

const boards = [];

/**
 * Lay out an empty map in an element.
 * @param {string} id element of the map
 * @param {Object} description see webapp/maps/builder.py
 * @returns {Board}
 */
export function createMap(id, description) {
  const board = new Board(document.getElementById(id), description);
  // A page that a prospect looks at asks for what anyone may see, whoever is signed in.
  board.shownTo = new URLSearchParams(location.search).get("view") || null;
  boards.push(board);
  return board;
}

/**
 * Add a layer, from bottom to top.
 * @param {Board} board
 * @param {LayerConfig} config
 */
export function addLayer(board, config) {
  board.addLayer(board.shownTo ? { ...config, ...linksOf(config, board.shownTo) } : config);
}

/**
 * Add a surface below all layers, from bottom to top.
 * @param {Board} board
 * @param {Object} config see webapp/maps/view.py, MapRaster
 */
export function addRaster(board, config) {
  board.add(new RasterView(board, config, board.views.size));
}

/** Where the cards of a layer lead to, so that a presentation stays one. */
function linksOf(config, view) {
  const links = ["open_url", "match_url", "table_url"].filter((name) => config[name]);
  return Object.fromEntries(links.map((name) => [name, withQuery(config[name], { view })]));
}

/**
 * Tie the map to the rest of the page and draw it.
 * @param {Board} board
 */
export function startMap(board) {
  board.place();
  const frame = board.element.closest("[data-still]");
  if (frame) {
    startStill(board, frame.dataset.still);
    return;
  }
  for (const bind of [
    bindStatus, bindReadout, bindPanel, bindCard, bindDrawer, bindLinked, bindSearch, bindSheet,
    bindLabels, bindPrint, bindResults,
  ]) {
    bind(board);
  }
  board.start();
  bindPermalink(board);
}

/**
 * A map on a sheet: a picture at a fixed scale, as many on a page as there are sheets.
 * @param {string} how "seen" where the page's own script starts it, at the part that was seen
 */
function startStill(board, how) {
  for (const name of ["dragging", "scrollWheelZoom", "doubleClickZoom", "boxZoom", "keyboard", "touchZoom"]) {
    board.map[name]?.disable();
  }
  board.element.removeAttribute("tabindex");
  bindStatus(board);
  bindLabels(board);
  if (how === "seen") return;
  showAtScale(board.map, board.map.getCenter());
  board.start();
}

/**
 * The map of this page, for scripts of the page itself.
 * @returns {Board|undefined}
 */
export function currentBoard() {
  return boards[0];
}
