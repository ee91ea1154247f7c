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

Node ${process.version}, ${cpus().length} cores. Each client has a process of its own, as in a program that uses it and no other; all call the same server, which has one,
too, and take turns, round by round, in one run, each turn beginning with calls that do not count. All clients are started anew ${casts} times, for ${rounds} rounds of ${seconds} s each, and three times as many for 10 MB; figures are
medians over all of them; ratios are taken round by round against bare \`${base}\`, then their median. CPU is the client's own, user and system.
\`session-fetch\` has a cookie in its jar, two default headers, a default param and a request hook;
the others send the same headers, cookie and query, and have such a hook where they have hooks; Python requests has a thread for each call at a time. Absolute times depend on the machine; run
\`npm run bench\` on yours, or a part of it: \`node bench/node.mjs --only "small JSON, 32" --peers got,axios\`. \`node bench/endurance.mjs\` shows what a gigabyte, ten thousand aborts
and a million calls leave behind.
${quick ? '\n**These figures are of a quick run, one short round each: they show that the benchmark works, and no more.**\n' : ''}
## session-fetch over each

How many times as many calls a second it makes, for small JSON.

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

function markdown([head, ...rows]) {
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
