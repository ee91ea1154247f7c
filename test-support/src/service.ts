import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** A running program that listens on loopback. */
export interface Service {
  readonly port: number
  /** A separate folder, removed with the service. */
  readonly folder: string
  /** What a file in its folder holds by now, such as a log. */
  read(file: string): Promise<string>
  /** Ends the process, and resolves once it has exited. */
  close(): Promise<void>
}

/** How a program is started. */
export interface ServiceOptions {
  readonly program: string
  readonly words: (place: Place) => string[]
  /** Files to write into its folder, by name. */
  readonly files?: (place: Place) => Record<string, string>
}

/** Where a program works and listens. */
export interface Place {
  readonly folder: string
  readonly port: number
}

/** How often a program is started that ends instead of listening: its port may have been taken meanwhile. */
const STARTS = 3
const BETWEEN_LOOKS = 20

/**
 * Starts a program in the foreground, in a separate folder, and waits until it accepts connections.
 *
 * @throws Error with what it printed, when it ends instead of listening
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  for (let left = STARTS - 1; left > 0; left -= 1) {
    const service = await startOnce(options).catch(() => undefined)
    if (service !== undefined) return service
  }
  return startOnce(options)
}

async function startOnce({ program, words, files }: ServiceOptions): Promise<Service> {
  const folder = await mkdtemp(join(tmpdir(), 'session-fetch-service-'))
  // Some programs drop root before they open their files.
  await chmod(folder, 0o777)
  const place = { folder, port: await freePort() }
  for (const [name, text] of Object.entries(files?.(place) ?? {})) await writeFile(join(folder, name), text)
  const child = spawn(program, words(place), { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  const kill = (): void => void child.kill('SIGTERM')
  process.once('exit', kill)
  const service = {
    ...place,
    read: (file: string) => readFile(join(folder, file), 'utf8'),
    async close() {
      process.removeListener('exit', kill)
      if (isRunning(child)) {
        const exited = once(child, 'exit')
        kill()
        await exited
      }
      await rm(folder, { recursive: true, force: true })
    },
  }
  await listening(child, place.port).catch(async (error: unknown) => {
    await service.close()
    throw error
  })
  return service
}

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null
}

/** These programs cannot choose a port themselves and say which. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // of a server on a TCP port
  server.close()
  await once(server, 'close')
  return port
}

/** Not all of them say that they listen, so that a connection is the one sure sign. */
async function listening(child: ChildProcess, port: number): Promise<void> {
  const output: string[] = []
  child.stdout?.on('data', (text: Buffer) => output.push(String(text)))
  child.stderr?.on('data', (text: Buffer) => output.push(String(text)))
  child.once('error', (error) => output.push(error.message))
  while (isRunning(child)) {
    if (await answers(port)) return
    await pause(BETWEEN_LOOKS)
  }
  throw new Error(`${child.spawnfile} did not start:\n${output.join('')}`)
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true))
    socket.once('error', () => resolve(false)).once('connect', () => socket.destroy())
  })
}
