import { readFileSync } from 'node:fs'
import { relative, sep } from 'node:path'
import { root, run } from './run.mjs'

/**
 * Finds the tests that a document names as `file › name`: the end of the file's path, and the end of the test's name.
 * `contract › name` is a case of the contract.
 *
 * @param {Iterable<string>} names every name in the document
 * @returns {(named: string) => boolean} whether there is such a test, in one file, and it runs
 */
export function findNamedTests(names) {
  const tests = listTests(new Set([...names].map(fileOf)))
  return (named) => {
    const name = named.slice(named.indexOf(' › ') + 3)
    const path = `/${fileOf(named)}`
    const inFile = tests.filter((test) => `/${test.file}`.endsWith(path))
    const [holder, ...others] = new Set(inFile.map((test) => test.file))
    if (holder === undefined || others.length > 0) return false
    return inFile.some((test) => ` > ${test.name}`.endsWith(` > ${name}`)) && runs(holder, name)
  }
}

function fileOf(named) {
  const file = named.slice(0, named.indexOf(' › '))
  return file === 'contract' ? 'packages/node/test/contract/sockets.test.ts' : file
}

/** No test of the file is switched off, or left for later, and this one depends on no condition. */
function runs(file, name) {
  const text = readFileSync(root + file, 'utf8')
  if (/\b(?:(?:it|test|describe)\.(?:skip|todo|only|fails)|describe\.(?:skipIf|runIf))\b/.test(text))
    return false
  const conditional = text.split('\n').filter((line) => /\b(?:it|test)\.(?:skipIf|runIf)\b/.test(line))
  return !conditional.some((line) => line.includes(name.split(' > ').at(-1)))
}

/** The tests that vitest would run, as it names them. */
function listTests(files) {
  const { ok, output } = run(process.execPath, ['node_modules/vitest/vitest.mjs', 'list', ...files, '--json'])
  if (!ok) throw new Error(`vitest cannot list the tests:\n${output.slice(0, 2000)}`)
  return JSON.parse(output.slice(output.indexOf('[\n'))).map(({ name, file }) => ({
    name,
    file: relative(root, file).split(sep).join('/'),
  }))
}
