/** The line above the map: what is being loaded, what is cut, what went wrong and retry. */
import { element } from "./dom.js";

const PATIENCE_MS = 300;

/** @param {import("./board.js").Board} board */
export function bindStatus(board) {
  const line = board.element.parentElement.querySelector("[data-map-status]");
  if (!line) return;
  let waiting = 0;
  let failure = null;
  const say = (text, parts = []) => {
    line.replaceChildren(text, ...parts);
    line.classList.toggle("is-wrong", Boolean(failure));
    line.hidden = text === "";
  };
  const isBusy = () => [...board.views.values()].some((view) => view.loading);
  const mark = () => board.element.setAttribute("aria-busy", String(isBusy()));
  for (const name of ["loading", "data", "failed"]) board.addEventListener(name, mark);
  const calm = () => {
    clearTimeout(waiting);
    if (failure) return;
    const cut = board.shown.find((view) => view.isCut);
    say(cut ? `${cut.config.title}: ${board.say("cut", { shown: cut.items.size, total: cut.total })}` : "");
  };
  board.addEventListener("loading", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      if (!failure) say(board.say("loading"));
    }, PATIENCE_MS);
  });
  board.addEventListener("data", ({ detail: { view } }) => {
    if (failure === view) failure = null;
    if (!isBusy()) calm();
  });
  board.addEventListener("toggled", calm);
  board.addEventListener("failed", ({ detail: { view, error } }) => {
    clearTimeout(waiting);
    failure = view;
    const retry = element("button", { type: "button", class: "text-button" }, board.say("retry"));
    retry.addEventListener("click", () => {
      failure = null;
      say("");
      for (const one of board.views.values()) one.retry();
    });
    say(failureText(board, view, error), [" ", retry]);
  });
}

/** What went wrong with a layer, in words for a reader. */
export function failureText(board, view, error) {
  if (error.kind === "unreachable") return board.say("unreachable");
  const told = `${view.config.title}: ${board.say("refused")} ${error.detail}`.trim();
  return error.reference ? `${told} (${board.say("reference")}: ${error.reference})` : told;
}
