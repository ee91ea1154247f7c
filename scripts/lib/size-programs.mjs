/** 1 KB is 1000 bytes here, as in the size lists of the packages we are compared with. */
const KB = 1000

/**
 * A program whose bundle is measured.
 *
 * @typedef {{ name: string, code: string, limit?: number, goal?: number }} Program `limit` and `goal` are in bytes,
 *   minified and gzipped: what must not be exceeded, and what docs/decisions/009 says of why that is not lower
 */

const oneGet = (library) => `import { get } from '${library}'; console.log(await get('/x').json())`
const everythingOf = (entry) => `export * from '${entry}'`

/** What a page pays for one call that reads JSON, and for all there is. These two have a limit, a little above today's size. */
export const budgets = [
  { name: 'one get of JSON', code: oneGet('session-fetch'), limit: 10 * KB, goal: 6 * KB },
  { name: 'everything exported', code: everythingOf('session-fetch'), limit: 16 * KB, goal: 11 * KB },
]

const aSession = `import { Session } from 'session-fetch'
const session = new Session({ baseUrl: '/api/', retry: 2, auth: ['user', 'password'] })
console.log(await session.post('x', { json: {} }).json())`

/** The same one call with ky, for comparison. */
const ky = {
  name: 'ky: one get of JSON',
  code: `import ky from 'ky'; console.log(await ky.get('/x').json())`,
}
const allOfKy = {
  name: 'ky: everything exported',
  code: `export { default } from 'ky'; ${everythingOf('ky')}`,
}

/**
 * Every program that is measured.
 *
 * @param {string[]} entries the subpaths that the umbrella exports for browsers, such as `session-fetch/digest`
 * @returns {Program[]}
 */
export function programs(entries) {
  const subpaths = entries.map((entry) => ({ name: `all of ${entry}`, code: everythingOf(entry) }))
  return [...budgets, { name: 'a session, posting JSON', code: aSession }, ...subpaths, ky, allOfKy]
}
