/** Sheets of one paper: what has much to tell is set in smaller type, until it fits its sheet. */

const SMALLEST_PT = 6;
const STEP_PT = 0.25;
const ROUNDING_PX = 0.1;

await document.fonts.ready;
for (const sheet of document.querySelectorAll(".a4")) fit(sheet);

/** Let a sheet hold what stands on it; its fonts must be there. */
export function fit(sheet) {
  // On the screen a sheet has the height of the paper; what is higher would run over.
  const paper = parseFloat(getComputedStyle(sheet).minHeight);
  let size = parseFloat(getComputedStyle(sheet).fontSize) * 0.75;
  while (size > SMALLEST_PT && heightOf(sheet) > paper + ROUNDING_PX) {
    size -= STEP_PT;
    sheet.style.fontSize = `${size}pt`;
  }
}

/** Height of what stands on a sheet, without its margins: the box of a sheet is its content. */
function heightOf(sheet) {
  return parseFloat(getComputedStyle(sheet).height);
}
