/**
 * The map of a page. The server writes one short module script that calls createMap,
 * addLayer and startMap; a page's own script reaches the same map through currentBoard().
 *
 * @typedef {Object} LayerConfig  see webapp/maps/view.py, MapLayer
 * @typedef {{layer: string, key: string}} FeatureRef
 */
import { Board } from "./board.js";
import { bindCard } from "./card.js";
import { bindDrawer } from "./drawer.js";
import { bindLabels } from "./labels.js";
import { bindLinked } from "./linked.js";
import { bindPanel } from "./panel.js";
import { bindPermalink } from "./permalink.js";
import { bindPrint } from "./print.js";
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
  boards.push(board);
  return board;
}

/**
 * Add a layer, from bottom to top.
 * @param {Board} board
 * @param {LayerConfig} config
 */
export function addLayer(board, config) {
  board.addLayer(config);
}

/**
 * Tie the map to the rest of the page and draw it.
 * @param {Board} board
 */
export function startMap(board) {
  board.place();
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
 * The map of this page, for scripts of the page itself.
 * @returns {Board|undefined}
 */
export function currentBoard() {
  return boards[0];
}
