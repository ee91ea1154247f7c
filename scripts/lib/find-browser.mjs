import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

const chromiums = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge']
const elsewhere = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/** The path of a Chromium-based browser: the one CHROMIUM_BIN names, or the first found; undefined if none. */
export function findBrowser() {
  return named('CHROMIUM_BIN', [...onPath(...chromiums), ...elsewhere])
}

/** The path of a Firefox: the one FIREFOX_BIN names, or the first found; undefined if none. */
export function findFirefox() {
  return named('FIREFOX_BIN', onPath('firefox-esr', 'firefox'))
}

/** Whether each of these programs is on PATH. */
export function hasPrograms(...programs) {
  return programs.every((program) => onPath(program).some(isExecutable))
}

function named(variable, candidates) {
  const file = process.env[variable]
  return (file ? [file] : candidates).find(isExecutable)
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
