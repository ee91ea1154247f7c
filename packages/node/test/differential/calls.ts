import type { Call } from './call.js'
import { bodies } from './calls/bodies.js'
import { cookies } from './calls/cookies.js'
import { digests } from './calls/digest.js'
import { headers } from './calls/headers.js'
import { redirects } from './calls/redirects.js'
import { responses } from './calls/responses.js'
import { urls } from './calls/urls.js'
import type { OriginName } from './recording-server.js'

type Origins = Readonly<Record<OriginName, string>>

const all: Call[] = [...urls, ...headers, ...bodies, ...redirects, ...cookies, ...digests, ...responses]

/** The names of all calls. */
export const names: readonly string[] = all.map(({ name }) => name)

/** A call with the servers' origins in it. */
export function callNamed(name: string, origins: Origins): Call {
  const call = all.find((each) => each.name === name)
  if (!call) throw new Error(`There is no call "${name}"`)
  return placed(call, origins) as Call // the same, but for its texts
}

/** `{home}` as the origin of the first server, `{home:user}` with userinfo in it, `{HOME}` in capitals. */
function placed(value: unknown, origins: Origins): unknown {
  if (typeof value === 'string') {
    return value
      .replace(/\{(home|away|neighbour|nobody)\}/g, (_all, name: OriginName) => origins[name])
      .replace(/\{home:([^}]*)\}/g, (_all, userinfo: string) => origins.home.replace('//', `//${userinfo}@`))
      .replaceAll('{HOME}', origins.home.toUpperCase())
  }
  if (Array.isArray(value)) return value.map((item) => placed(item, origins))
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, placed(item, origins)]))
}
