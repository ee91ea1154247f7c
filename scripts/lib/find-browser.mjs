import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { run } from './run.mjs'

const chromiums = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge']
const elsewhere = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/** The first whose WebDriver BiDi has `network.addDataCollector`, which Playwright asks of it. */
export const oldestFirefox = 143

/** The path of a Chromium-based browser: the one CHROMIUM_BIN names, or the first found; undefined if none. */
export function findBrowser() {
  return named('CHROMIUM_BIN', [...onPath(...chromiums), ...elsewhere])
}

/**
 * The path of a Firefox that Playwright can drive: the one FIREFOX_BIN names, or the first found; undefined if none.
 */
export function findFirefox() {
  const file = named('FIREFOX_BIN', onPath('firefox-esr', 'firefox'))
  return file !== undefined && versionOf(file) >= oldestFirefox ? file : undefined
}

/** Whether each of these programs is on PATH. */
export function hasPrograms(...programs) {
  return programs.every((program) => onPath(program).some(isExecutable))
}

function named(variable, candidates) {
  const file = process.env[variable]
  return (file ? [file] : candidates).find(isExecutable)
}

function versionOf(firefox) {
  return Number(/Firefox (\d+)/.exec(run(firefox, ['--version']).output)?.[1])
}

function onPath(...programs) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean)
  return programs.flatMap((program) => folders.map((folder) => join(folder, program)))
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
