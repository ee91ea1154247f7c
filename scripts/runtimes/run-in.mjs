import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { programOf } from './install.mjs'

/** Begins the line in which a program gives the outcomes; all else that it prints is what it logged. */
export const MARK = '@outcomes '

/**
 * The runtimes by name: how each runs a file of the project, which prints its outcomes.
 *
 * @type {Record<string, (file: string, folder: string) => Promise<string>>}
 */
export const runtimes = {
  'node 20': (file, folder) => program(programOf('node 20'), [file], folder),
  'node 22': (file, folder) => program(programOf('node 22'), [file], folder),
  'node 24': (file, folder) => program(programOf('node 24'), [file], folder),
  'node 26': (file, folder) => program(programOf('node 26'), [file], folder),
  bun: (file, folder) => program(programOf('bun'), [file], folder),
  deno: (file, folder) => program(programOf('deno'), ['run', '--allow-all', '--no-lock', file], folder),
  'workerd 2024-09-23': (file, folder) => worker(file, folder, '2024-09-23'),
  'workerd 2026-11-01': (file, folder) => worker(file, folder, '2026-11-01'),
  'edge-runtime': (file, folder) => program(process.execPath, [join(folder, 'edge.mjs'), file], folder),
}

/** Bundles that a runtime is given in place of a file which imports the installed package: their `conditions`. */
export const bundleConditions = {
  'workerd 2024-09-23': ['workerd', 'worker', 'browser'],
  'workerd 2026-11-01': ['workerd', 'worker', 'browser'],
  'edge-runtime': ['edge-light', 'worker'],
}

/** What a program printed, on either stream. */
async function program(command, args, cwd) {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return `${out}\n${err}`
}

/** Serves the bundle as a Worker, asks it once, and ends it. */
async function worker(file, folder, date) {
  const config = join(folder, `${date}.capnp`)
  writeFileSync(config, configFor(file, date))
  const args = ['serve', config, '--control-fd=3', '--verbose']
  const child = spawn(programOf('workerd'), args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] })
  const logged = Promise.all([text(child.stdout), text(child.stderr)])
  const closed = once(child, 'close')
  const port = await portFrom(child.stdio[3], closed)
  const outcomes = port === null ? '' : await (await fetch(`http://127.0.0.1:${port}/`)).text()
  child.kill()
  await closed
  return `${outcomes}\n${(await logged).join('\n')}`
}

/** The port that workerd reports on its control stream; `null` if it ends before that. */
async function portFrom(control, closed) {
  let told = ''
  const listening = (async () => {
    for await (const chunk of control) {
      told += chunk
      const line = told.split('\n').find((one) => one.includes('"listen"') && one.endsWith('}'))
      if (line) return JSON.parse(line).port
    }
    return null
  })()
  return Promise.race([listening, closed.then(() => null)])
}

/** Without `nodejs_compat`, which newer dates have on: a Worker is not to need it. */
function configFor(file, date) {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    ( name = "main",
      worker = (
        modules = [ ( name = "main", esModule = embed "${file}" ) ],
        compatibilityDate = "${date}",
        compatibilityFlags = [${date >= '2026-08-04' ? '"no_nodejs_compat"' : ''}],
        globalOutbound = "network" ) ),
    ( name = "network", network = ( allow = ["public", "private", "local"] ) ) ],
  sockets = [ ( name = "http", address = "127.0.0.1:0", http = (), service = "main" ) ] );
`
}
