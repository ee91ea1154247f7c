import { execFile, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The project's root folder. */
export const root = fileURLToPath(new URL('../../', import.meta.url))

/**
 * Runs a program and waits for it.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string>, loud?: boolean, input?: string }} [options] `loud` shares our screen;
 *   otherwise the output is handed back. `env` is added to ours.
 * @returns {{ ok: boolean, output: string }}
 */
export function run(program, args, { cwd = root, env = {}, loud = false, input } = {}) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    input,
    stdio: loud ? 'inherit' : [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  })
  return { ok: status === 0, output: `${stdout ?? ''}${stderr ?? ''}${error ? error.message : ''}`.trim() }
}

/**
 * Runs a program beside others.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string> }} [options] as for `run`
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
export function start(program, args, { cwd = root, env = {} } = {}) {
  const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 }
  return new Promise((resolve) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      const cause = typeof error?.code === 'string' ? error.message : ''
      resolve({ ok: error === null, output: `${stdout}${stderr}${cause}`.trim() })
    })
  })
}
