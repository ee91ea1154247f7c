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
 * Rounds of all clients in turn, so that what disturbs the machine disturbs them alike. One round of each goes
 * before.
 *
 * @param clients By name, what runs a round.
 * @returns by name, the median of `cpu` and `wall`, and of their ratios to `base` round by round
 */
export async function interleaved(clients, base, { rounds, ...plan }) {
  const measured = Object.fromEntries(Object.keys(clients).map((name) => [name, []]))
  for (const run of Object.values(clients)) await run(plan)
  for (let index = 0; index < rounds; index += 1) {
    for (const [name, run] of Object.entries(clients)) measured[name].push(await run(plan))
  }
  return Object.fromEntries(
    Object.entries(measured).map(([name, own]) => [name, summary(own, measured[base])]),
  )
}

function summary(own, base) {
  return {
    cpu: median(own.map(({ cpu }) => cpu)),
    wall: median(own.map(({ wall }) => wall)),
    cpuRatio: median(own.map(({ cpu }, index) => cpu / base[index].cpu)),
    speed: median(own.map(({ wall }, index) => base[index].wall / wall)),
  }
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}
