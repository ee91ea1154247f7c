import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from '@playwright/test'
import { testHosts } from '../hosts.js'
import type { Engine, EngineOptions } from './engine.js'
import { trust } from './nss.js'
import { playwrightEngine } from './playwright-engine.js'

const wrapper = fileURLToPath(new URL('../../bin/chromium-with-preferences.sh', import.meta.url))
/** Upstream's Chromium allows third-party cookies (0). Debian's comes with another setting, and no flag for it. */
const preferences = { default: {}, allowed: { profile: { cookie_controls_mode: 0 } } }
const quietly = [
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
]

/** Starts Chromium: CHROMIUM_BIN, or the `chromium` on PATH. */
export async function startChromium({ authority, thirdPartyCookies }: EngineOptions): Promise<Engine> {
  const home = await mkdtemp(join(tmpdir(), 'session-fetch-chromium-'))
  await trust(authority, join(home, '.pki/nssdb'))
  const browser = await chromium.launch({
    executablePath: wrapper,
    env: { ...process.env, HOME: home, PREFERENCES: JSON.stringify(preferences[thirdPartyCookies]) },
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
    args: [...quietly, `--host-resolver-rules=${testHosts.map((host) => `MAP ${host} 127.0.0.1`).join(',')}`],
  })
  return playwrightEngine('chromium', browser, home)
}
