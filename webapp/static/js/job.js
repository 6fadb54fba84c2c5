/** The bar of a long piece of work: asks how far it is, and goes on where it leads. */
import { getJson } from "./net.js";

const EVERY_MS = 500;
const AFTER_A_FAULT_MS = 3000;

const holder = document.querySelector("[data-job]");
const bar = holder.querySelector("[data-job-bar]");
const text = holder.querySelector("[data-job-text]");

/** Ask, show, and ask again until the work has ended. */
async function follow() {
  let wait = EVERY_MS;
  try {
    const state = await getJson(holder.dataset.job);
    if (state.next) {
      location.replace(state.next);
      return;
    }
    show(state);
  } catch (error) {
    // Removed meanwhile: the page itself says so. Out of reach: the work goes on without us.
    if (error.kind === "refused") {
      location.reload();
      return;
    }
    wait = AFTER_A_FAULT_MS;
  }
  setTimeout(follow, wait);
}

function show({ rows, total, text: line }) {
  if (total && rows) {
    bar.max = total;
    bar.value = rows;
  } else {
    bar.removeAttribute("value");
  }
  // A reader of the screen is told once, not twice a second.
  if (text.textContent !== line) text.textContent = line;
}

setTimeout(follow, EVERY_MS);
