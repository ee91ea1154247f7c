import { cpus } from 'node:os'

/** The goal for our own JavaScript per call, in microseconds. */
const GOAL = 60
const CALLS_HEAD = ['client', 'µs a call', '× fetch']
const OWN_HEAD = ['client', 'µs a call', 'µs above the stub', 'fastest round']

/** The figures of calls to a server, for a terminal. */
export function callsTable(figures) {
  return aligned(callsRows(figures))
}

/** The figures of calls over a stub, for a terminal. */
export function ownTable(figures) {
  return `${aligned(ownRows(figures))}\n${verdict(figures)}`
}

/** All figures as a page. */
export function browserReport({ version, results, own }) {
  return `# Benchmarks in a browser

Chromium ${version}, headless, ${cpus().length} cores. One page calls its own site, whose server runs in a separate process. The
clients take turns, round by round, in one page and one run. Figures are medians over the rounds. Ratios are computed per round against bare \`fetch\`; the table
has their median. All read the same JSON of 280 bytes with two headers and one query parameter; \`session-fetch\` also runs a request hook. Absolute times depend
on the machine: run \`npm run bench -- browser\` on yours.

${results.map(({ name, figures }) => `## ${name}\n\n${markdown(callsRows(figures))}`).join('\n\n')}

## Our own JavaScript

From the call to the transport and back, over a stub of \`fetch\` that immediately returns a new \`Response\`. The time of the stub is subtracted.

${markdown(ownRows(own))}

${verdict(own)}.
`
}

function callsRows(figures) {
  const rows = Object.entries(figures).map(([name, { wall, ratio }]) => [
    name,
    wall.toFixed(0),
    ratio.toFixed(2),
  ])
  return [CALLS_HEAD, ...rows]
}

function ownRows(figures) {
  const rows = Object.entries(figures).map(([name, { wall, more, fastest }]) => [
    name,
    ...[wall, more, fastest].map((time) => time.toFixed(1)),
  ])
  return [OWN_HEAD, ...rows]
}

function verdict(figures) {
  const { more } = figures['session-fetch']
  const isMet = more <= GOAL
  return `The goal is ${GOAL} µs a call at most: ${isMet ? 'met' : 'missed'} with ${more.toFixed(1)} µs`
}

function aligned(rows) {
  return padded(rows)
    .map((row) => row.join('  '))
    .join('\n')
}

function markdown(rows) {
  const [head, ...body] = padded(rows)
  const rule = head.map((cell, column) =>
    column === 0 ? '-'.repeat(cell.length) : `${'-'.repeat(cell.length - 1)}:`,
  )
  return [head, rule, ...body].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

/** Every cell as wide as its column: names to the left, figures to the right. */
function padded(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  return rows.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))),
  )
}
