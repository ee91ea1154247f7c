import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** The exit code of a program, and its output. */
export interface Ended {
  /** The exit code; `null` for one that had to be killed. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** How Node is started. */
interface HowToRun {
  /** The program of another Node. */
  readonly node?: string
  readonly flags?: readonly string[]
  /** Beside that of this process. */
  readonly env?: Readonly<Record<string, string>>
}

/** Runs a program with these arguments. */
export interface Run {
  (...args: string[]): Promise<Ended>
  with(how: HowToRun, ...args: string[]): Promise<Ended>
}

const folders: string[] = []

/** For `afterAll` of each file that bundles a program: removes the bundles. */
export async function removePrograms(): Promise<void> {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
}

/**
 * Bundles a program of `scripts/` with the packages' sources.
 *
 * @returns a function that runs it with Node, in a separate process
 */
export async function bundled(name: string): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), 'script-'))
  folders.push(folder)
  const outfile = join(folder, 'script.mjs')
  await build({
    entryPoints: [at(`scripts/${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['source'],
    // Dependencies that are CommonJS ask for Node's own modules.
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
    logLevel: 'error',
  })
  const start = (how: HowToRun, args: string[]): Promise<Ended> =>
    run([...(how.flags ?? []), outfile, ...args], how)
  return Object.assign((...args: string[]) => start({}, args), {
    with: (how: HowToRun, ...args: string[]) => start(how, args),
  })
}

/** A program that does not end is killed after a while, as its `code` shows. */
function run(args: readonly string[], { node = process.execPath, env }: HowToRun): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(
      node,
      ['--expose-gc', ...args],
      { timeout: 280_000, env: { ...process.env, ...env } },
      (_error, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
    )
  })
}
