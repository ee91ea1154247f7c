// node bench/cookies.mjs [--quick]: our jar against tough-cookie's own, taking turns in one run.
import { JarCookies } from 'session-fetch'
import { CookieJar } from 'tough-cookie'
import { median } from './lib/measure.mjs'

const ROUNDS = process.argv.includes('--quick') ? 5 : 15
const URL_READ = 'https://h0.example.com/account/orders?page=1'
const ATTRIBUTES = 'Path=/; HttpOnly; Secure; SameSite=Lax'

/** What is in a jar: cookies on each of so many hosts. */
const CONTENTS = [
  { name: '1 cookie', cookies: 1, hosts: 1, copies: 200, reads: 5000 },
  { name: '50 cookies', cookies: 50, hosts: 1, copies: 100, reads: 2000 },
  { name: '1000 cookies', cookies: 1000, hosts: 1, copies: 5, reads: 50 },
  { name: '1000 hosts', cookies: 1, hosts: 1000, copies: 5, reads: 5000 },
]

/** The same four operations for both jars. */
const JARS = {
  ours: {
    create: () => new JarCookies(undefined, { perDomain: 2000 }),
    read: (jar, url) => jar.headerFor(url),
    write: (jar, line, url) => jar.capture([line], url),
  },
  tough: {
    create: () => new CookieJar(),
    read: (jar, url) => jar.getCookieStringSync(url),
    write: (jar, line, url) => jar.setCookieSync(line, url),
  },
}

console.log(
  `Node ${process.version}; medians of ${ROUNDS} rounds, the jars taking turns; µs for one operation\n`,
)
console.log(row('', 'ours', 'tough-cookie', 'faster'))
for (const content of CONTENTS) {
  for (const [name, measure] of Object.entries(operations(content))) {
    const { ours, tough, ratio } = compare(measure)
    console.log(row(`${content.name}: ${name}`, ours.toFixed(2), tough.toFixed(2), `${ratio.toFixed(1)} ×`))
  }
}

function row(label, ...cells) {
  return label.padEnd(50) + cells.map((cell) => cell.padStart(13)).join('')
}

/** Each measures one round of an operation, in µs for one. Its input is created outside of the measured time. */
function operations({ cookies, hosts, copies, reads }) {
  return {
    'read again': (kind) => {
      const jar = filled(kind, cookies, hosts)
      kind.read(jar, URL_READ)
      return timed(reads, () => kind.read(jar, URL_READ))
    },
    'read again, another path each time': (kind) => {
      const jar = filled(kind, cookies, hosts)
      const urls = Array.from({ length: reads }, (_, index) => `https://h0.example.com/orders/${index}`)
      return timed(reads, (index) => kind.read(jar, urls[index]))
    },
    'first read': (kind) => {
      const jars = Array.from({ length: copies }, () => filled(kind, cookies, hosts))
      return timed(copies, (index) => kind.read(jars[index], URL_READ))
    },
    'read after each write': (kind) => {
      const jar = filled(kind, cookies, hosts)
      return timed(Math.min(reads, 1000), (index) => {
        kind.write(jar, `n0=${index}; ${ATTRIBUTES}`, 'https://h0.example.com/')
        kind.read(jar, URL_READ)
      })
    },
    'write another value': (kind) => {
      const jar = filled(kind, cookies, hosts)
      return timed(1000, (index) => kind.write(jar, `n0=${index}; ${ATTRIBUTES}`, 'https://h0.example.com/'))
    },
    'write the same again': (kind) => {
      const jar = filled(kind, cookies, hosts)
      return timed(1000, () => kind.write(jar, `n0=0; ${ATTRIBUTES}`, 'https://h0.example.com/'))
    },
    'write the first time, each cookie': (kind) => {
      const jars = Array.from({ length: copies }, kind.create)
      return timed(copies, (index) => fill(kind, jars[index], cookies, hosts)) / (cookies * hosts)
    },
  }
}

function filled(kind, cookies, hosts) {
  const jar = kind.create()
  fill(kind, jar, cookies, hosts)
  return jar
}

function fill(kind, jar, cookies, hosts) {
  for (let host = 0; host < hosts; host += 1) {
    const url = `https://h${host}.example.com/`
    for (let index = 0; index < cookies; index += 1) kind.write(jar, `n${index}=${host}; ${ATTRIBUTES}`, url)
  }
}

function timed(count, operation) {
  const start = performance.now()
  for (let index = 0; index < count; index += 1) operation(index)
  return ((performance.now() - start) * 1000) / count
}

function compare(measure) {
  const rounds = Array.from({ length: ROUNDS + 2 }, () => ({
    ours: measure(JARS.ours),
    tough: measure(JARS.tough),
  })).slice(2)
  return {
    ours: median(rounds.map(({ ours }) => ours)),
    tough: median(rounds.map(({ tough }) => tough)),
    ratio: median(rounds.map(({ ours, tough }) => tough / ours)),
  }
}
