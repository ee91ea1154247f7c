// npm run bench [-- --quick …]: sets up, then measures the jar against tough-cookie, and the session against its peers.
// npm run bench -- browser [--quick]: the session against its peers in a page of a real Chromium.
import { spawnSync } from 'node:child_process'
import { findBrowser } from './lib/find-browser.mjs'
import { root } from './lib/run.mjs'
import { setUp } from './setup.mjs'

const words = process.argv.slice(2)

if (words.includes('browser')) measureInBrowser()
else {
  setUp()
  measure('bench/cookies.mjs', 'bench/node.mjs')
}

function measureInBrowser() {
  const missing = setUp('chromium')
  const browser = findBrowser()
  if (browser === undefined) {
    console.error(missing.join('\n'))
    process.exitCode = 1
    return
  }
  process.env.CHROMIUM_BIN = browser
  measure('bench/browser.mjs')
}

function measure(...programs) {
  for (const program of programs) {
    const { status } = spawnSync(process.execPath, [program, ...words], { cwd: root, stdio: 'inherit' })
    process.exitCode ||= status ?? 1
  }
}
