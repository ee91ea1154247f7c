// node log-in.mjs <file> <url> <end>: a process that gets a cookie and ends without closing its jar, in one of these ways:
// end, exit, throw, reject, or killed, for which it waits.
import { FileCookieJar, JarCookies } from '@session-fetch/node'

const [path = '', url = '', end = ''] = process.argv.slice(2)
const cookies = new JarCookies(await FileCookieJar.open(path, { sessionCookies: true }))
for (const name of ['first', 'second', 'third']) {
  await cookies.capture([`${name}=1; Path=/`], url)
  if (name === 'second' && end === 'exit while saving') void cookies.flush()
}
if (end.startsWith('exit')) process.exit(0)
if (end === 'throw') {
  setImmediate(() => {
    throw new Error('a fault of the program')
  })
}
if (end === 'reject') void Promise.reject(new Error('a fault of the program'))
if (end === 'killed') process.stdin.resume()
