/** What other clients call otherwise, or put elsewhere. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  0: 'options are an object',
  data: 'a body goes in json, form, multipart or body',
  dispatcher: 'a session takes one as its agent',
  method: 'the verb says it, or request(method, url)',
  query: 'it is called params',
  searchParams: 'it is called params',
}

/** What an error about a strange name may add: the known name that may be meant, or nothing. */
export function suggestNearest(strange: string, known: Iterable<string>): string {
  if (Object.hasOwn(ELSEWHERE, strange)) return `; ${ELSEWHERE[strange]}`
  const nearest = nearestName(strange, known)
  return nearest === undefined ? '' : `; did you mean "${nearest}"?`
}

/**
 * The known name that is nearest to a strange one by edit distance, if any is near enough to be meant.
 *
 * @example nearestName('header', ['headers', 'hooks']) // 'headers'
 */
export function nearestName(strange: string, known: Iterable<string>): string | undefined {
  const text = strange.slice(0, 40).toLowerCase()
  let best: { name: string; distance: number } | undefined
  for (const name of known) {
    const distance = editDistance(text, name.toLowerCase())
    if (!best || distance < best.distance) best = { name, distance }
  }
  return best && best.distance <= Math.max(text.length < 4 ? 1 : 2, Math.floor(text.length / 3))
    ? best.name
    : undefined
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [i, character] of a.split('').entries()) {
    const next = [i + 1]
    for (let j = 1; j <= b.length; j += 1) {
      const same = (row[j - 1] ?? 0) + (character === b[j - 1] ? 0 : 1)
      next.push(Math.min(same, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
