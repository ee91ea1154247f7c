import type { Sites } from '../sites.js'
import type { Tab } from '../tab.js'
import { type Measure, openPage, yesOrNo } from './measure.js'

const setNone = 'set-cookie?line=b=1;%20Path=/;%20SameSite=None;%20Secure'
const setPartitioned = `${setNone};%20Partitioned`
const setUnsaid = 'set-cookie?line=b=1;%20Path=/;%20Secure'

/** What a page of A gets from B, when it has asked B for each of these in turn. */
async function cookiesOfB(tab: Tab, b: string, paths: readonly string[]): Promise<string> {
  return tab.evaluate(
    async ([b, ...paths]) => {
      const ask = (path: string) => fetch(b + path, { credentials: 'include' })
      for (const path of paths) await (await ask(path)).text()
      return Object.keys((await (await ask('cookies')).json()) as object).length > 0 ? 'yes' : 'no'
    },
    [b, ...paths] as const,
  )
}

async function visitB(tab: Tab, sites: Sites, path: string): Promise<string> {
  await tab.goto(sites.https.away.at('api.test') + path)
  const { b } = await openPage(tab, sites)
  return cookiesOfB(tab, b, [])
}

async function askB(tab: Tab, sites: Sites, path: string): Promise<string> {
  const { b } = await openPage(tab, sites)
  return cookiesOfB(tab, b, [path])
}

/** Whether the page can see a `cookieStore`. */
const hasCookieStore = async (tab: Tab, url: string): Promise<string> => {
  await tab.goto(url)
  return yesOrNo(await tab.evaluate(() => 'cookieStore' in globalThis))
}

export const cookieMeasures: readonly Measure[] = [
  {
    title: '`CookieStore` in a page over https',
    run: (tab, sites) => hasCookieStore(tab, `${sites.https.home.at('app.test')}library`),
  },
  {
    title: '`CookieStore` in a page on `http://localhost`',
    run: (tab, sites) => hasCookieStore(tab, `${sites.http.home.at('localhost')}library`),
  },
  {
    title: '`CookieStore` in a page on any other http host',
    run: (tab, sites) => hasCookieStore(tab, `${sites.http.home.at('app.test')}library`),
  },
  {
    title: '`CookieStore` in a worker',
    async run(tab, sites) {
      await openPage(tab, sites)
      return tab.evaluate(async () => {
        const source = new Blob(["postMessage('cookieStore' in self ? 'yes' : 'no')"])
        const worker = new Worker(URL.createObjectURL(source))
        return new Promise<string>((resolve) => {
          worker.addEventListener('message', ({ data }) => resolve(String(data)))
        })
      })
    },
  },
  {
    title: 'a `Secure` cookie from `http://localhost` is kept',
    async run(tab, sites) {
      await tab.goto(`${sites.http.home.at('localhost')}set-cookie?line=s=1;%20Path=/;%20Secure`)
      return yesOrNo((await tab.cookies()).length > 0)
    },
  },
  {
    title: 'a cookie that `cookieStore.set` set on `http://localhost` is sent',
    async run(tab, sites) {
      await tab.goto(`${sites.http.home.at('localhost')}library`)
      return tab.evaluate(async () => {
        await cookieStore.set('s', '1')
        return Object.keys((await (await fetch('cookies')).json()) as object).length > 0 ? 'yes' : 'no'
      })
    },
  },
  {
    title: 'a cookie without `SameSite` is sent with a cross-site fetch',
    run: (tab, sites) => visitB(tab, sites, setUnsaid),
  },
  {
    title: 'by default: the `SameSite=None` cookie of a cross-site response is sent to that site',
    asItComes: true,
    run: (tab, sites) => askB(tab, sites, setNone),
  },
  {
    title: 'by default: a `SameSite=None` cookie from a visit to that site is sent with a cross-site fetch',
    asItComes: true,
    run: (tab, sites) => visitB(tab, sites, setNone),
  },
  {
    title: 'by default: the `Partitioned` cookie of a cross-site response is sent to that site',
    asItComes: true,
    run: (tab, sites) => askB(tab, sites, setPartitioned),
  },
  {
    title: 'the cookie of an opaque (`no-cors`) response is stored',
    async run(tab, sites) {
      const { b } = await openPage(tab, sites)
      await tab.evaluate(
        (url) => fetch(url, { mode: 'no-cors', credentials: 'include' }).then(() => null),
        b + setNone,
      )
      return cookiesOfB(tab, b, [])
    },
  },
  {
    title: '`Set-Cookie` can be read from a response',
    async run(tab, sites) {
      await openPage(tab, sites)
      return tab.evaluate(async () => {
        const { headers } = await fetch('set-cookie?line=a=1')
        return headers.has('Set-Cookie') || headers.getSetCookie().length > 0 ? 'yes' : 'no'
      })
    },
  },
]
