import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The folder of the whole project. */
export const root = fileURLToPath(new URL('../../', import.meta.url))

/** The folders of the published packages. */
export const packages = readdirSync(join(root, 'packages'))

/** The project's pnpm. */
const { pathWithPnpm } = (await import(new URL('../../scripts/lib/pnpm.mjs', import.meta.url).href)) as {
  pathWithPnpm: () => string // plain JavaScript
}

/** Where pnpm is, and the tools of the whole project and of the examples. */
const PATH = [pathWithPnpm(), join(root, 'node_modules/.bin'), join(root, 'examples/node_modules/.bin')].join(
  delimiter,
)

/** The registry of npm's settings, which Yarn does not read. */
const registry = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim()

/** Packs the built packages into a folder, as they would be published. */
export async function pack(folder: string): Promise<void> {
  await mkdir(folder)
  await start('pnpm', ['--recursive', '--filter', './packages/*', 'pack', '--pack-destination', folder], root)
}

/**
 * Runs a program to its end and gives what it printed.
 *
 * @throws {Error} with its output, where it failed
 */
export async function start(program: string, args: readonly string[], cwd: string): Promise<string> {
  try {
    const { stdout } = await run(program, [...args], { cwd, env: environment(cwd), maxBuffer: 2 ** 26 })
    return stdout
  } catch (error) {
    const { message, stdout = '', stderr = '' } = error as Error & { stdout?: string; stderr?: string }
    throw new Error(`${message}\n${stdout}${stderr}`, { cause: error })
  }
}

/**
 * Starts a program that serves until it is stopped, and resolves to the first address that it prints.
 *
 * @throws {Error} with its output, if it ends instead
 */
export async function serving(
  program: string,
  args: readonly string[],
  cwd: string,
): Promise<{ url: string; close(): Promise<void> }> {
  const child = spawn(program, args, { cwd, env: environment(cwd), stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'close')
  let printed = ''
  const url = new Promise<string>((resolve) => {
    for (const output of [child.stdout, child.stderr])
      output.on('data', (text: Buffer) => {
        printed += String(text)
        const [, address] = /(http:\/\/(?:localhost|127\.0\.0\.1):\d+)\s/.exec(printed) ?? []
        if (address !== undefined) resolve(`${address}/`)
      })
  })
  const failed = ended.then((): never => {
    throw new Error(`${program} ended:\n${printed}`)
  })
  return {
    url: await Promise.race([url, failed]),
    async close() {
      failed.catch(() => {})
      child.kill()
      await ended
    },
  }
}

/** Our environment and tools, without what vitest and npm add to the environment, which their children would follow. */
function environment(cwd: string): NodeJS.ProcessEnv {
  const foreign = /^(?:VITEST|NODE_ENV$|NODE_OPTIONS$|npm_(?!config_)|DEV$|PROD$|MODE$|TEST$|CI$)/
  const ours = Object.entries(process.env).filter(([name]) => !foreign.test(name))
  return {
    ...Object.fromEntries(ours),
    PATH,
    ...(cwd !== root && { TMPDIR: dirname(cwd) }), // what tools leave there, such as Jest's cache, goes with the projects
    NO_COLOR: '1',
    NEXT_TELEMETRY_DISABLED: '1',
    YARN_ENABLE_TELEMETRY: '0',
    YARN_NPM_REGISTRY_SERVER: registry,
  }
}
