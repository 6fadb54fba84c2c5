/** The screen of the uptake: its slider replays the ledger. */
import { currentBoard } from "./map.js";
import { bindReplay } from "./replay.js";

bindReplay(currentBoard());
