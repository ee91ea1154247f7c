import { randomUUID } from 'node:crypto'

/** How long a token is good for, in milliseconds. */
const tokenLife = 60_000
const member = { name: 'ada', password: 'engine' }

/** Who is logged in, and which tokens are valid. A log-in lasts as long as its cookie, a token for a minute. */
export class Accounts {
  #logIns = new Set()
  /** When each token ends. */
  #tokens = new Map()

  /** @returns {string | null} the id of a new log-in; `null` for a wrong name or password */
  logIn({ name, password }) {
    if (name !== member.name || password !== member.password) return null
    const id = randomUUID()
    this.#logIns.add(id)
    return id
  }

  logOut(id) {
    this.#logIns.delete(id)
    this.expireTokens()
  }

  /** @returns {string | null} a new token for a log-in; `null` where it has ended */
  newToken(id) {
    if (!this.#logIns.has(id)) return null
    const token = randomUUID()
    this.#tokens.set(token, Date.now() + tokenLife)
    return token
  }

  accepts(token) {
    return (this.#tokens.get(token) ?? 0) > Date.now()
  }

  /** No token is good any more; log-ins are. */
  expireTokens() {
    this.#tokens.clear()
  }
}
