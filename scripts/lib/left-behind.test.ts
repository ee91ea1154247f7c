import { execFile } from 'node:child_process'
import { access } from 'node:fs/promises'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const run = promisify(execFile)
const module = new URL('left-behind.mjs', import.meta.url).href
const test = { name: 'test', passed: 1, failed: 0, skipped: 0 }

/** What is said of a run that does this in a process of its own, and what is printed. */
async function after(script: string): Promise<{ tallies: unknown[]; printed: string }> {
  const program = `
    import { spawnSync } from 'node:child_process'
    import { mkdirSync, writeFileSync } from 'node:fs'
    import { leavingNothingBehind } from ${JSON.stringify(module)}
    const node = (script) => spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' }).stdout
    console.log(JSON.stringify(leavingNothingBehind(() => {
      ${script}
      return [${JSON.stringify(test)}]
    }, { grace: 0 })))`
  const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', program])
  return { tallies: JSON.parse(stdout) as unknown[], printed: stderr }
}

/** A server that continues to run after its parent has ended. */
const daemon = `
  const { spawn } = require('node:child_process')
  const server = "require('node:net').createServer().listen(0, '127.0.0.1', () => console.log('listens'))"
  const child = spawn(process.execPath, ['-e', server], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] })
  child.stdout.once('data', () => (console.log(child.pid), process.exit()))`

const failed = { name: 'nothing is left behind', passed: 0, failed: 1, skipped: 0 }

describe('leavingNothingBehind', () => {
  it('passes where nothing is left', async () => {
    const { tallies, printed } = await after(`
      mkdirSync(process.env.TMPDIR + '/session-fetch-ca-1')
      node("require('node:fs').rmdirSync(require('node:os').tmpdir() + '/session-fetch-ca-1')")`)
    expect(tallies).toEqual([test, { ...failed, passed: 1, failed: 0 }])
    expect(printed).toBe('')
  })

  it.runIf(process.platform === 'linux')(
    'fails for a process whose parent is gone, names it and its port, and ends it',
    async () => {
      const { tallies, printed } = await after(`node(${JSON.stringify(daemon)})`)
      expect(tallies).toEqual([test, failed])
      expect(printed).toMatch(/^left behind: process \d+: .*createServer.* \(listens on \d+\)\n$/)
      const pid = Number(/process (\d+)/.exec(printed)?.[1])
      await expect.poll(() => isAlive(pid)).toBe(false)
    },
  )

  it('fails for a key or a socket in the temporary folder, and removes it', async () => {
    const { tallies, printed } = await after(`
      writeFileSync(process.env.TMPDIR + '/ca.key', 'secret')
      node(\`
        const path = require('node:os').tmpdir() + '/socket'
        require('node:net').createServer().listen(path, () => process.kill(process.pid, 'SIGKILL'))\`)`)
    expect(tallies).toEqual([test, { ...failed, failed: 2 }])
    expect(printed).toMatch(/^left behind: file: \S+ca.key\nleft behind: file: \S+socket\n$/)
    const [, file = ''] = /file: (\S+)/.exec(printed) ?? []
    await expect(access(file)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
