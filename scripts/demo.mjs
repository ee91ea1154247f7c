// npm run demo [-- --open]: a log-in with one session, in Node and in a real browser.
import { findBrowser } from './lib/find-browser.mjs'
import { setUp } from './setup.mjs'

try {
  const missing = setUp('chromium')
  const { openDemo, runDemo } = await import('../examples/demo/demo.js')
  if (process.argv.includes('--open')) await openDemo()
  else process.exitCode = (await runDemo({ browser: findBrowser(), missing })) ? 0 : 1
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
