// node save-cookies.mjs <file> <url> <name> <count>: a process that saves cookies one by one to a file it shares.
import { FileCookieJar, JarCookies } from '@session-fetch/node'

const [path = '', url = '', name = '', count = '0'] = process.argv.slice(2)
const file = await FileCookieJar.open(path)
const cookies = new JarCookies(file)
for (let index = 0; index < Number(count); index += 1) {
  await cookies.set({ name: `${name}${index}`, value: String(index), url, maxAge: 3600 })
  await file.flush()
}
