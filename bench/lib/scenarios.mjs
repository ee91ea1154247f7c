/**
 * What is asked for, how many bytes are sent, and how many calls at a time; `times` as many rounds as others have,
 * where a round has so few calls that the machine's moods weigh more than they do.
 */
const ASKED = [
  { name: 'small JSON, 1 at a time', path: 'json', concurrency: 1 },
  { name: 'small JSON, 32 at a time', path: 'json', concurrency: 32 },
  { name: 'small JSON, 256 at a time', path: 'json', concurrency: 256 },
  { name: 'small JSON that sets the same cookie, 32 at a time', path: 'same', concurrency: 32 },
  { name: 'small JSON that sets a changed cookie, 32 at a time', path: 'set', concurrency: 32 },
  { name: '100 KB text, 1 at a time', path: '100k', concurrency: 1 },
  { name: '100 KB text, 32 at a time', path: '100k', concurrency: 32 },
  { name: '100 KB text, 256 at a time', path: '100k', concurrency: 256 },
  { name: '10 MB text, 1 at a time', path: '10m', concurrency: 1, times: 3 },
  { name: '10 MB sent, 1 at a time', path: 'json', sends: 10_000_000, concurrency: 1, times: 3 },
]

/** All scenarios by protocol. */
export const SCENARIOS = { http: named('http'), https: named('https') }

function named(protocol) {
  return ASKED.map((scenario) => ({ ...scenario, name: `${protocol}: ${scenario.name}` }))
}
