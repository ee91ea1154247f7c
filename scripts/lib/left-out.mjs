import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { hasPrograms } from './find-browser.mjs'
import { root } from './run.mjs'
import { isProvided } from './system-needs.mjs'

/** The programs of the system that tests start, as their sources write them. */
const PROGRAM = /'(?:\/usr\/s?bin\/(?<path>[\w-]+)|(?<name>curl|wget|openssl|redis-server))'/g
const IMPORT = /\bfrom '(?:(?<path>\.{1,2}\/[^']+)\.js|@session-fetch\/test-support\/(?<support>[\w-]+))'/g

/**
 * The test files that start a program which this system does not have.
 *
 * @param {{ folder?: string, isThere?: (program: string) => boolean }} [options] Default: the whole project, and the
 *   programs that are installed
 * @returns {string[]} relative to the folder
 */
export function filesThatLack({ folder = root, isThere = isInstalled } = {}) {
  const known = new Map()
  const lacks = (file) => [...programsOf(file, folder, new Set())].some((program) => !ask(program))
  const ask = (program) => {
    if (!known.has(program)) known.set(program, isThere(program))
    return known.get(program)
  }
  return testFiles(folder)
    .filter(lacks)
    .map((file) => relative(folder, file).split(sep).join('/'))
}

function isInstalled(program) {
  if (program === 'python3') return isProvided('httpbin')
  return hasPrograms(program) || existsSync(`/usr/sbin/${program}`)
}

function testFiles(folder) {
  const tops = ['packages', 'examples', 'test-support', 'scripts'].map((name) => join(folder, name))
  return tops.filter(existsSync).flatMap((top) =>
    readdirSync(top, { recursive: true })
      .filter((name) => name.endsWith('.test.ts') && !name.includes('node_modules'))
      .map((name) => join(top, name)),
  )
}

/** The programs that a file names, or a file that it imports. */
function programsOf(file, folder, seen) {
  if (seen.has(file) || !existsSync(file)) return new Set()
  seen.add(file)
  const text = readFileSync(file, 'utf8')
  const own = Array.from(text.matchAll(PROGRAM), ({ groups }) => groups.path ?? groups.name)
  const imported = Array.from(text.matchAll(IMPORT), ({ groups: { path, support } }) =>
    support === undefined
      ? join(dirname(file), `${path}.ts`)
      : join(folder, 'test-support/src', `${support}.ts`),
  )
  return new Set([...own, ...imported.flatMap((each) => [...programsOf(each, folder, seen)])])
}
