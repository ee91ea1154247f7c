const HEADING = '## Whole processes\n'

/** The last section of docs/benchmarks.md, which bench/processes.mjs writes and bench/node.mjs keeps; '' without one. */
export function sectionOf(page) {
  const start = page.indexOf(HEADING)
  return start < 0 ? '' : page.slice(start)
}

/** The page with this text in its last section. */
export function replaceSection(page, text) {
  const others = page.slice(0, page.length - sectionOf(page).length).trimEnd()
  return `${others}\n\n${HEADING}\n${text.trimEnd()}\n`
}
