const BLOB = { 'bodies: body may be a Blob': 'Bun adds a charset to the type of a Blob of text' }
const ALTERNATES = {
  'transports: calls in sequence share a connection; a browser manages its own':
    "Node's fetch alternates between two connections",
}
const DEFLATE = {
  'responses: are decoded from gzip, deflate and brotli':
    "this engine's fetch does not request or decode deflate",
}
const UNLOCKED = {
  'responses: have a standard stream as body': 'workerd unlocks a stream after it was piped',
}

/**
 * Deviations from the contract, by runtime and entry: the case, and its cause. The run fails for a failure that is
 * not listed here, and for a listed one that no longer occurs.
 *
 * @type {Record<string, Record<string, string>>}
 */
export const deviations = {
  'node 20, session-fetch/portable': ALTERNATES,
  'node 22, session-fetch/portable': ALTERNATES,
  'node 24, session-fetch/portable': ALTERNATES,
  'node 26, session-fetch/portable': ALTERNATES,
  'bun, session-fetch': BLOB,
  'bun, session-fetch/portable': BLOB,
  'deno, session-fetch/portable': DEFLATE,
  'workerd 2024-09-23, session-fetch': { ...DEFLATE, ...UNLOCKED },
  'workerd 2026-11-01, session-fetch': { ...DEFLATE, ...UNLOCKED },
  'edge-runtime, session-fetch': ALTERNATES, // its fetch is undici's
}
