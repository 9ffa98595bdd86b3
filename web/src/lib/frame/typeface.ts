const TYPE = "1em 'Pretendard Variable'"
const WRITTEN = 'header, nav, main'

/**
 * Puts the page into its own typeface, once all of the pieces its text needs have come: each piece that came by itself would lay the whole page
 * out again. Its hundreds of files do not stand in the way of the first picture; until then, and without a network, it is the device's own.
 */
export async function setTypeface(): Promise<void> {
  try {
    await import('pretendard/dist/web/variable/pretendardvariable-dynamic-subset.css')
    const written = Array.from(document.querySelectorAll(WRITTEN), ({ textContent }) => textContent)
    await document.fonts.load(TYPE, written.join(''))
  } catch {
    // What did not come is asked for again, piece by piece, where it is met.
  }
  document.documentElement.dataset.typeface = 'own'
}
