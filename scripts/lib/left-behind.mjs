import { chmodSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Every process that a run starts inherits this variable, and is known by it when its parent is gone. */
const MARK = 'SESSION_FETCH_TEST_RUN'
const GRACE = 60_000
const BETWEEN_LOOKS = 100
const LISTENING = '0A'

/**
 * Runs the tests in a temporary folder of their own, and adds one more test to theirs: that no process which they
 * started is alive, with the ports that it listens on, and that no file is left in that folder: no socket, no key,
 * no folder. What is left is named, ended and removed. Processes are found on Linux alone.
 *
 * @param {() => import('./tally.mjs').Tally[]} runTests
 * @param {{ grace?: number }} [options] `grace`: how long a process may take to end after the tests, in milliseconds
 * @returns {import('./tally.mjs').Tally[]}
 */
export function leavingNothingBehind(runTests, { grace = GRACE } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'session-fetch-run-'))
  chmodSync(folder, 0o755) // services drop root before they open their files
  Object.assign(process.env, { TMPDIR: folder, TMP: folder, TEMP: folder, [MARK]: folder })
  try {
    const tallies = runTests()
    const left = [
      ...endProcesses(folder, grace),
      ...readdirSync(folder).map((name) => `file: ${join(folder, name)}`),
    ]
    for (const line of left) console.error(`left behind: ${line}`)
    return [
      ...tallies,
      { name: 'nothing is left behind', passed: left.length > 0 ? 0 : 1, failed: left.length, skipped: 0 },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Waits for the processes of a run to end, then ends those that do not; returns a line for each of these. */
function endProcesses(run, grace) {
  const deadline = performance.now() + grace
  let left = processesOf(run)
  while (left.length > 0 && performance.now() < deadline) {
    sleep(BETWEEN_LOOKS)
    left = processesOf(run)
  }
  const lines = left.map(describe)
  for (const pid of left) tryTo(() => process.kill(pid, 'SIGKILL'))
  return lines
}

function processesOf(run) {
  const mark = `${MARK}=${run}`
  const isOfRun = (pid) =>
    read(`/proc/${pid}/environ`).split('\0').includes(mark) ||
    `${link(`/proc/${pid}/cwd`)}/`.startsWith(`${run}/`)
  return entries('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid && isOfRun(name))
    .map(Number)
}

function describe(pid) {
  const command = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim()
  const ports = portsOf(pid)
  return `process ${pid}: ${command}${ports.length > 0 ? ` (listens on ${ports.join(', ')})` : ''}`
}

/** The TCP ports that a process listens on. */
function portsOf(pid) {
  const sockets = new Set(entries(`/proc/${pid}/fd`).map((fd) => link(`/proc/${pid}/fd/${fd}`)))
  return ['tcp', 'tcp6'].flatMap((kind) =>
    read(`/proc/${pid}/net/${kind}`)
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === LISTENING && sockets.has(`socket:[${fields[9]}]`))
      .map((fields) => Number.parseInt(fields[1].split(':')[1], 16)),
  )
}

/** Returns nothing if it does not exist: a process may end at any time. */
const read = (file) => tryTo(() => readFileSync(file, 'utf8')) ?? ''
const link = (file) => tryTo(() => readlinkSync(file)) ?? ''
const entries = (folder) => tryTo(() => readdirSync(folder)) ?? []

function tryTo(act) {
  try {
    return act()
  } catch {
    return undefined
  }
}

function sleep(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
