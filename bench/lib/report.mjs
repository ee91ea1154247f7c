import { cpus } from 'node:os'
import { speedOver } from './measure.mjs'
import { OURS } from './options.mjs'

const HEAD = ['client', 'CPU µs a call', '× CPU', 'calls a second', '× speed']

/** Figures as a table for a terminal. */
export function table(figures) {
  const rows = [HEAD, ...rowsOf(figures)]
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
        .join('  '),
    )
    .join('\n')
}

/** All scenarios as a page. */
export function report(results, { base, quick, casts, rounds, seconds }) {
  return `# Benchmarks

Node ${process.version}, ${cpus().length} cores. Each client runs in a separate process, and all call the same server, which has one, too. In one run the
clients take turns, round by round; each turn begins with warm-up calls that do not count. All clients are restarted ${casts} times, for ${rounds} rounds of ${seconds} s each, and three
times as many for 10 MB. Figures are medians over all rounds. Ratios are computed per round against bare \`${base}\`; the table has their median. CPU is the client's user and system time.
\`session-fetch\` has a cookie in its jar, two default headers, a default param and a request hook. The others send the same headers, cookie and query, and have such a hook if they
support hooks. Python requests uses one thread per concurrent call. Absolute times depend on the machine: run \`npm run bench\` on yours, or a part of it:
\`node bench/node.mjs --only "small JSON, 32" --peers got,axios\`. \`node bench/endurance.mjs\` measures what remains in memory after a gigabyte, ten thousand aborts and a million calls.
\`node bench/processes.mjs\` measures the processor time of whole processes, over undici's dispatcher and HTTP/2, too; with \`--write\` it appends its tables here.
${quick ? '\n**These figures are from a quick run with one short round each. They only show that the benchmark works.**\n' : ''}
## session-fetch over each

Calls per second of session-fetch, as a multiple of each client's, for small JSON.

${overEach(results.filter(({ name }) => /small JSON, \d+/.test(name)))}

![CPU time per call](benchmarks.svg)

${results.map(({ name, figures }) => `## ${name}\n\n${markdown([HEAD, ...rowsOf(figures)])}`).join('\n\n')}
`
}

function overEach(results) {
  const clients = Object.keys(results[0].taken).filter((name) => name !== OURS)
  const rows = clients.map((client) => [
    client,
    ...results.map(({ taken }) => speedOver(taken, OURS, client).toFixed(2)),
  ])
  return markdown([['client', ...results.map(({ name }) => name.replace(' small JSON, ', ' '))], ...rows])
}

/** Rows as a table, the first of which is its head. */
export function markdown([head, ...rows]) {
  return [head, head.map((_, column) => (column === 0 ? '---' : '--:')), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n')
}

function rowsOf(figures) {
  return Object.entries(figures).map(([name, { cpu, wall, cpuRatio, speed }]) => [
    name,
    cpu.toFixed(1),
    cpuRatio.toFixed(2),
    Math.round(1e6 / wall).toLocaleString('en'),
    speed.toFixed(2),
  ])
}
