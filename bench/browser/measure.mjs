/**
 * Rounds of all clients in turn, so that what disturbs the machine disturbs them alike. In every other round the
 * order is reversed. `warmUp` calls of each go before; default: those of one round.
 *
 * @returns by name, the medians of `wall` (microseconds per call), of `more` (microseconds above `base`), and of
 *   `ratio` (to `base`), both taken round by round; and `fastest`, the `wall` of the round that was disturbed least
 */
export async function interleaved(calls, base, { rounds, warmUp, ...plan }) {
  const names = Object.keys(calls)
  const measured = Object.fromEntries(names.map((name) => [name, []]))
  for (const name of names) await round(calls[name], { ...plan, count: warmUp ?? plan.count })
  for (let index = 0; index < rounds; index += 1) {
    const order = index % 2 === 0 ? names : names.toReversed()
    for (const name of order) measured[name].push(await round(calls[name], plan))
  }
  return Object.fromEntries(names.map((name) => [name, summary(measured[name], measured[base])]))
}

/** Microseconds per call of `count` calls, `concurrency` at a time. */
async function round(call, { count, concurrency }) {
  let left = count
  const worker = async () => {
    while (left-- > 0) await call()
  }
  const start = performance.now()
  await Promise.all(Array.from({ length: concurrency }, worker))
  return ((performance.now() - start) * 1000) / count
}

function summary(own, base) {
  return {
    wall: median(own),
    fastest: Math.min(...own),
    more: median(own.map((wall, index) => wall - base[index])),
    ratio: median(own.map((wall, index) => wall / base[index])),
  }
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}
