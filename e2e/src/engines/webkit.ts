import { readFile } from 'node:fs/promises'
import { type Service, startService } from '@session-fetch/test-support/service'
import { testHosts } from '../hosts.js'
import type { Json } from '../tab.js'
import { WebDriverTab } from '../webdriver-tab.js'
import { WebDriver } from '../webdriver.js'
import { type Display, startDisplay } from './display.js'
import type { Engine, EngineOptions } from './engine.js'

const systemAuthorities = '/etc/ssl/certs/ca-certificates.crt'
/** The whole system but for two files; nothing outlives the first process. */
const view = [
  ['--dev-bind', '/', '/'],
  ['--ro-bind', 'hosts', '/etc/hosts'],
  ['--ro-bind', 'authorities.pem', systemAuthorities],
  ['--unshare-pid', '--proc', '/proc', '--die-with-parent'],
]
/** It draws on the processor, and asks no desktop for services that a test machine has not. */
const plainly = {
  WEBKIT_SKIA_ENABLE_CPU_RENDERING: '1',
  NO_AT_BRIDGE: '1',
  GTK_A11Y: 'none',
  GIO_USE_VFS: 'local',
}

/** Starts WebKitGTK's MiniBrowser with its driver on a separate display. */
export async function startWebKit({ authority, thirdPartyCookies }: EngineOptions): Promise<Engine> {
  const display = await startDisplay()
  const service = await startDriver(display, (await readFile(systemAuthorities, 'utf8')) + authority.ca)
  const driver = await WebDriver.open(`http://127.0.0.1:${service.port}`, {
    browserName: 'MiniBrowser',
    timeouts: { script: 30_000, pageLoad: 30_000 },
    'webkitgtk:browserOptions': browserOptions(thirdPartyCookies),
  })
  return {
    name: 'webkit',
    version: driver.version,
    tab: new WebDriverTab(driver),
    browser: undefined,
    async close() {
      await driver.close()
      await service.close()
      await display.close()
    },
  }
}

/**
 * WebKitGTK can be told of no authority and of no host name: it believes the system. So it gets a view of the
 * system in which two files are others.
 */
function startDriver({ name }: Display, authorities: string): Promise<Service> {
  return startService({
    program: 'bwrap',
    files: () => ({ hosts: `127.0.0.1 localhost ${testHosts.join(' ')}\n`, 'authorities.pem': authorities }),
    words: ({ port }) => [
      ...view.flat(),
      ...Object.entries({ ...plainly, DISPLAY: name }).flatMap((variable) => ['--setenv', ...variable]),
      'WebKitWebDriver',
      `--port=${port}`,
    ],
  })
}

function browserOptions(thirdPartyCookies: EngineOptions['thirdPartyCookies']): Json {
  const policy = thirdPartyCookies === 'allowed' ? ['--cookies-policy=always'] : []
  return { args: ['--automation', ...policy] }
}
