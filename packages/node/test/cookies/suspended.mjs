// node suspended.mjs <file> <url> <moment>: a process that is suspended while it saves a cookie, at a moment that is the
// name of a call it makes then: sync, before it looks whether the lock is still its own, or rename, after that.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const [path = '', url = '', moment = ''] = process.argv.slice(2)
let suspends = true

function suspend() {
  if (suspends) process.kill(process.pid, 'SIGSTOP')
  suspends = false
}

const { renameSync } = fs
if (moment === 'rename') {
  fs.renameSync = (...names) => {
    suspend()
    renameSync(...names)
  }
  syncBuiltinESMExports()
} else {
  const handle = await fs.promises.open(process.execPath)
  const prototype = Object.getPrototypeOf(handle)
  const { sync } = prototype
  prototype.sync = function syncLater() {
    suspend()
    return sync.call(this)
  }
  await handle.close()
}

const { FileCookieJar, JarCookies } = await import('@session-fetch/node')
const file = await FileCookieJar.open(path)
await new JarCookies(file).set({ name: 'slow', value: '1', url, maxAge: 3600 })
await file.flush().catch((error) => {
  console.log(error.cause.message)
})
