/**
 * The first 64 bits of the fractional parts of the square or cube roots of the first primes: the constants
 * of SHA-2 (FIPS 180-4, sections 4.2 and 5.3).
 */
export function rootFractions(degree: 2 | 3, count: number): bigint[] {
  return firstPrimes(count).map((prime) =>
    BigInt.asUintN(64, root(BigInt(prime) << BigInt(64 * degree), BigInt(degree))),
  )
}

function firstPrimes(count: number): number[] {
  const primes: number[] = []
  for (let candidate = 2; primes.length < count; candidate += 1)
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate)
  return primes
}

/** The integer root by Newton's method, from above: 2^70 is over every root asked for here. */
function root(value: bigint, degree: bigint): bigint {
  let guess = 1n << 70n
  for (;;) {
    const next = ((degree - 1n) * guess + value / guess ** (degree - 1n)) / degree
    if (next >= guess) return guess
    guess = next
  }
}
