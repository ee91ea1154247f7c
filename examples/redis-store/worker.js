// node worker.js <redis-url> <site> <act>: one machine of a fleet that shares a log-in.
import { createClient } from '@redis/client'
import { Session } from 'session-fetch'
import { RedisCookieStore } from './redis-cookie-store.js'

const [redisUrl, baseUrl, act] = process.argv.slice(2)
const redis = await createClient({ url: redisUrl }).connect()
const session = new Session({ baseUrl, jar: new RedisCookieStore(redis, 'cookies:alice:') })

const acts = {
  logIn: () => session.post('login', { form: { name: 'alice' } }).text(),
  visit: () => session.get('members').text(),
  logOut: () => session.post('logout').text(),
  /** A hundred concurrent responses, each with a different cookie. */
  collect: async () => {
    const pages = Array.from({ length: 100 }, (_, index) =>
      session.get(`set?name=${process.pid}-${index}`).text(),
    )
    return `collected ${(await Promise.all(pages)).length}`
  },
}

console.log(await acts[act]())
await session.close()
await redis.close()
