import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { firefox } from '@playwright/test'
import { testHosts } from '../hosts.js'
import type { Engine, EngineOptions } from './engine.js'
import { trust } from './nss.js'
import { playwrightEngine } from './playwright-engine.js'

const wrapper = fileURLToPath(new URL('../../bin/firefox-with-certificates.sh', import.meta.url))
/** Firefox keeps third-party cookies apart for each site that embeds them (5); 0 lets them be. */
const cookieBehavior = { default: 5, allowed: 0 }

/** Starts the stock Firefox, which Playwright drives by WebDriver BiDi: FIREFOX_BIN, or the first on PATH. */
export async function startFirefox({ authority, thirdPartyCookies }: EngineOptions): Promise<Engine> {
  const home = await mkdtemp(join(tmpdir(), 'session-fetch-firefox-'))
  const certificates = join(home, 'certificates')
  await trust(authority, certificates)
  const browser = await firefox.launch({
    channel: 'moz-firefox',
    executablePath: wrapper,
    env: { ...process.env, HOME: home, CERTIFICATES: certificates },
    firefoxUserPrefs: {
      'network.dns.localDomains': testHosts.join(','),
      'network.cookie.cookieBehavior': cookieBehavior[thirdPartyCookies],
      'fission.bfcacheInParent': true, // a driven Firefox has no back/forward cache else
    },
  })
  return playwrightEngine('firefox', browser, home)
}
