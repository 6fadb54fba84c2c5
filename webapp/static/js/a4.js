/** Sheets of one A4: a need with many demands is set in smaller type, until it fits its sheet. */

const SMALLEST_PT = 6;
const STEP_PT = 0.25;

await document.fonts.ready;
for (const sheet of document.querySelectorAll(".a4")) fit(sheet);

function fit(sheet) {
  // On the screen a sheet has the height of the paper; what is higher would run over.
  const paper = parseFloat(getComputedStyle(sheet).minHeight);
  let size = parseFloat(getComputedStyle(sheet).fontSize) * 0.75;
  while (size > SMALLEST_PT && heightOf(sheet) > paper) {
    size -= STEP_PT;
    sheet.style.fontSize = `${size}pt`;
  }
}

/** Height of what stands on a sheet, without its margins. */
function heightOf(sheet) {
  const { paddingTop, paddingBottom } = getComputedStyle(sheet);
  return sheet.clientHeight - parseFloat(paddingTop) - parseFloat(paddingBottom);
}
