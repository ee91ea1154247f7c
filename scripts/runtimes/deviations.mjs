/**
 * Where a runtime does not do what the contract asks, by runtime and entry: the case, and its cause. A failure that is
 * not here fails the run, and so does one that is here and has vanished.
 *
 * @type {Record<string, Record<string, string>>}
 */
export const deviations = {
  'bun, session-fetch': { 'bodies: body may be a Blob': 'Bun adds a charset to the type of a Blob of text' },
}
