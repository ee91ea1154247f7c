/**
 * One round: calls for so many seconds, `concurrency` at a time. Microseconds per call, of processor time and of the
 * clock.
 */
export async function round(call, { seconds, concurrency }) {
  let count = 0
  const cpu = process.cpuUsage()
  const start = performance.now()
  const end = start + seconds * 1000
  const worker = async () => {
    while (performance.now() < end) {
      await call()
      count += 1
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
  const wall = (performance.now() - start) * 1000
  const { user, system } = process.cpuUsage(cpu)
  return { cpu: (user + system) / count, wall: wall / count }
}

/**
 * Rounds of all clients in turn, so that what disturbs the machine disturbs them alike. Before each round its client
 * makes calls that do not count: a processor's caches are cold for whoever waited for the others.
 *
 * @param clients By name, what runs a round.
 * @returns by name, what each round took
 */
export async function takeTurns(clients, { rounds, times = 1, settling, ...plan }) {
  const taken = Object.fromEntries(Object.keys(clients).map((name) => [name, []]))
  for (const run of Object.values(clients)) await run(plan)
  for (let index = 0; index < rounds * times; index += 1) {
    for (const [name, run] of Object.entries(clients)) {
      if (settling > 0) await run({ ...plan, seconds: settling })
      taken[name].push(await run(plan))
    }
  }
  return taken
}

/**
 * What the rounds come to.
 *
 * @param taken By name, what each round took.
 * @returns by name, the median of `cpu` and `wall`, and of their ratios to `base` round by round; `speed` is how many
 *   times as many calls a second
 */
export function summaries(taken, base) {
  return Object.fromEntries(
    Object.entries(taken).map(([name, own]) => [
      name,
      {
        cpu: median(own.map(({ cpu }) => cpu)),
        wall: median(own.map(({ wall }) => wall)),
        cpuRatio: median(own.map(({ cpu }, index) => cpu / taken[base][index].cpu)),
        speed: speedOver(taken, name, base),
      },
    ]),
  )
}

/** How many times as many calls a second `name` makes as `other`: the median round by round. */
export function speedOver(taken, name, other) {
  return median(taken[other].map(({ wall }, index) => wall / taken[name][index].wall))
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2
}
