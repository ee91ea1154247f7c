/** A contract case had another result than expected. */
export class ContractError extends Error {
  override readonly name = 'ContractError'
}

/** Passes when both are the same value. */
export function equal(actual: unknown, expected: unknown, what = 'value'): void {
  if (!Object.is(actual, expected)) fail(what, actual, expected)
}

/** Passes when both are the same plain data, without regard to the order of an object's keys. */
export function deepEqual(actual: unknown, expected: unknown, what = 'value'): void {
  if (inOrder(actual) !== inOrder(expected)) fail(what, actual, expected)
}

export function ok(condition: unknown, what: string): asserts condition {
  if (!condition) throw new ContractError(`not so: ${what}`)
}

/** Passes when the text holds the part. */
export function includes(text: string, part: string, what = 'text'): void {
  if (!text.includes(part)) fail(what, text, `… ${part} …`)
}

/** Passes when the promise rejects with an error of that class; resolves with the error. */
export async function rejects<E extends Error>(
  promise: PromiseLike<unknown>,
  type: abstract new (...parameters: never[]) => E,
): Promise<E> {
  const error = await reasonOf(promise)
  if (!(error instanceof type)) fail('rejection', error, type.name)
  return error
}

/** Resolves with the reason with which the promise rejects. */
export async function reasonOf(promise: PromiseLike<unknown>): Promise<unknown> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (reason: unknown) => ({ reason }),
  )
  if ('reason' in outcome) return outcome.reason
  return fail('promise', 'it resolved', 'a rejection')
}

function fail(what: string, actual: unknown, expected: unknown): never {
  throw new ContractError(`${what}: expected ${show(expected)}, got ${show(actual)}`)
}

function show(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`
  return inOrder(value) ?? String(value)
}

/** JSON with sorted keys; `undefined` for values that JSON does not support. */
function inOrder(value: unknown): string | undefined {
  return JSON.stringify(value, (_key, part: unknown) => (isRecord(part) ? sorted(part) : part))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function sorted(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
}
