/** How long to go on, in milliseconds, and the seed to begin with; without them, a few rounds that are always the same. */
export interface Budget {
  readonly ms?: number | undefined
  readonly seed?: number | undefined
}

/** The arguments of `npm run fuzz`. */
export function budgetFrom({ FUZZ_SECONDS, FUZZ_SEED }: Record<string, string | undefined>): Budget {
  return {
    ms: FUZZ_SECONDS === undefined ? undefined : Number(FUZZ_SECONDS) * 1000,
    seed: FUZZ_SEED === undefined ? undefined : Number(FUZZ_SEED),
  }
}

/**
 * The seeds of the rounds, one after the other.
 *
 * @param few How many there are by default. With a seed alone there is that one; with a time, as many as it allows.
 */
export function* seeds({ ms, seed }: Budget, few: number): Generator<number> {
  const first = seed ?? (ms === undefined ? 1 : Math.floor(Math.random() * 2 ** 31))
  const end = ms === undefined ? undefined : performance.now() + ms
  const last = seed === undefined ? first + few : first + 1
  for (let next = first; end === undefined ? next < last : performance.now() < end; next += 1) yield next
}
