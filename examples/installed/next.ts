import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Installed } from './managers.js'
import { filesOf, section, writeProject } from './page.js'
import { serving, start } from './project.js'

/** Pinned here, and installed only by this test, because it has some hundred megabytes. */
const VERSIONS = ['next@16.4.6', 'react@19.3.1', 'react-dom@19.3.1']

/** Builds and starts the app of the section in a project of its own, and asks it for its pages as a browser would. */
export function describeNext(installed: () => Installed): void {
  it.concurrent('Next', { timeout: 1_200_000 }, async () => {
    const { tarballs, folder, url } = installed()
    const app = join(folder, 'Next')
    const files = Object.entries(filesOf(section('Next'))).map(([file, text]) => [
      file,
      text.replaceAll('https://shop.example/', url),
    ])
    await writeProject(app, { 'package.json': '{ "private": true }', ...Object.fromEntries(files) })
    const packed = (await readdir(tarballs)).map((name) => join(tarballs, name))
    await start('npm', ['install', '--no-audit', '--no-fund', ...VERSIONS, ...packed], app)

    const next = join(app, 'node_modules/.bin/next')
    await start(next, ['build'], app)
    const server = await serving(next, ['start', '--hostname', '127.0.0.1', '--port', '0'], app)
    try {
      const page = await fetch(server.url, { headers: { Cookie: 'sid=members-only' } })
      expect(shown(await page.text())).toContain('Welcome, member')
      const time = await fetch(`${server.url}api/time`)
      expect(await time.text()).toMatch(/^403 at /)
    } finally {
      await server.close()
    }

    const scripts = await textOf(join(app, '.next/static'))
    expect(scripts).toContain('cookieStore') // which the browser's entry reads
    expect(scripts).not.toMatch(/node:net|tough-cookie/)
  })
}

/** The text of a page, without the comments that React puts between its parts. */
function shown(html: string): string {
  return html.replaceAll('<!-- -->', '')
}

/** All scripts of a folder. */
async function textOf(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true })
  const scripts = names.filter((name) => name.endsWith('.js'))
  return (await Promise.all(scripts.map((name) => readFile(join(folder, name), 'utf8')))).join('\n')
}
