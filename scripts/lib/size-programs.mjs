/** 1 KB is 1000 bytes here, as in the size lists of the packages we are compared with. */
const KB = 1000

/**
 * A program whose bundle is measured.
 *
 * @typedef {{ name: string, code: string, build?: Build, limit?: number, goal?: number }} Program `limit` and `goal`
 *   are in bytes, minified and gzipped: what must not be exceeded, and what docs/decisions/027 says of the difference
 * @typedef {'default' | 'development' | 'worker' | 'worker, ours' | 'node'} Build of the page's code, of a Worker's, as
 *   wrangler bundles it, whole or without tough-cookie and its list of public suffixes, or of a program of Node's for a
 *   function in the cloud; default: `default`
 */

const aSession = (library) => `import { Session } from '${library}'
console.log(await new Session({ baseUrl: '/' }).get('x').json())`
const oneGet = (library) => `import { get } from '${library}'; console.log(await get('/x').json())`
const everythingOf = (entry) => `export * from '${entry}'`

/** Each program's limit, a little above its size today, and its goal. */
const sizes = [
  { name: 'a session, one get of JSON', code: aSession('session-fetch') },
  { name: 'one get of JSON', code: oneGet('session-fetch') },
  { name: 'everything exported', code: everythingOf('session-fetch') },
]
const limits = {
  default: [12.3 * KB, 9.3 * KB, 14.9 * KB],
  development: [13.75 * KB, 10.3 * KB, 16.25 * KB],
}
const goals = {
  default: [7.8 * KB, 5.6 * KB, 10.3 * KB],
  development: [9.6 * KB, 7.1 * KB, 12 * KB],
}

/** The programs with a budget, in both builds. */
export const budgets = ['default', 'development'].flatMap((build) =>
  sizes.map((program, at) => ({ ...program, build, limit: limits[build][at], goal: goals[build][at] })),
)

/** The bundles of a Worker. */
const worker = [
  { ...sizes[0], build: 'worker', limit: 90 * KB, goal: 90 * KB },
  { ...sizes[0], build: 'worker, ours', limit: 34.4 * KB, goal: 25 * KB },
]

/** The bundle that a cloud function loads at each cold start. */
const cloud = [{ ...sizes[1], name: 'one get of JSON', build: 'node', limit: 128.3 * KB, goal: 100 * KB }]

const posting = `import { Session } from 'session-fetch'
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
  return [
    ...budgets,
    ...worker,
    ...cloud,
    { name: 'a session, posting JSON', code: posting },
    ...subpaths,
    ky,
    allOfKy,
  ]
}
