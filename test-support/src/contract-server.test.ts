import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { get as getSecurely } from 'node:https'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAuthority } from './certificates.js'
import { type ContractServer, startContractServer } from './contract-server.js'

describe('startContractServer', () => {
  let site: ContractServer
  beforeAll(async () => {
    site = await startContractServer({ pages: { '/page': { type: 'text/html', body: '<p>' } } })
  })
  afterAll(() => site.close())

  const get = (path: string, init?: RequestInit): Promise<Response> => fetch(`${site.url}${path}`, init)

  it('serves the given pages', async () => {
    const response = await get('page')
    expect([response.headers.get('content-type'), await response.text()]).toEqual(['text/html', '<p>'])
  })

  it('lets another origin in, but not under /no-cors', async () => {
    const headers = { Origin: 'http://app.test' }
    const allowed = await Promise.all(['json', 'no-cors/json'].map((path) => get(path, { headers })))
    expect(allowed.map(({ status }) => status)).toEqual([200, 200])
    const origins = allowed.map((response) => response.headers.get('access-control-allow-origin'))
    expect(origins).toEqual(['http://app.test', null])
  })

  it('answers a preflight with the requested values', async () => {
    const headers = { 'Access-Control-Request-Method': 'PUT', 'Access-Control-Request-Headers': 'x-app' }
    const response = await get('echo', {
      method: 'OPTIONS',
      headers: { ...headers, Origin: 'http://app.test' },
    })
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-methods')).toBe('PUT')
    expect(response.headers.get('access-control-allow-headers')).toBe('x-app')
  })

  it('reports when a hanging request arrived and ended', async () => {
    const controller = new AbortController()
    const hanging = get('hang?id=1', { signal: controller.signal })
    await get('hang/arrived?id=1')
    controller.abort()
    await expect(hanging).rejects.toThrow('abort')
    expect(await (await get('hang/closed?id=1')).json()).toEqual({ id: '1' })
  })

  it('holds the second half of a body until it is released', async () => {
    const response = await get('slow-body?id=2')
    await get('slow-body/release?id=2')
    expect(await response.text()).toBe('first half, second half')
  })

  it('numbers connections in order', async () => {
    const { id } = (await (await get('connection')).json()) as { id: number }
    expect(id).toBeGreaterThan(0)
    expect(id).toBeLessThanOrEqual(site.connections())
  })

  it('speaks https where it has a certificate, and numbers those connections, too', async () => {
    const authority = await createAuthority()
    const certificate = await authority.issue(['IP:127.0.0.1'])
    const secure = await startContractServer({ certificate })
    const call = getSecurely(`${secure.url}connection`, { ca: authority.ca, agent: false })
    const [response] = (await once(call, 'response')) as [IncomingMessage]
    expect(JSON.parse(await text(response))).toEqual({ id: 1 })
    expect(new URL(secure.url).protocol).toBe('https:')
    await Promise.all([secure.close(), authority.close()])
  })

  it('frees its port, whatever still hangs', async () => {
    const other = await startContractServer()
    const hanging = fetch(`${other.url}hang?id=3`)
    await fetch(`${other.url}hang/arrived?id=3`)
    await other.close()
    await expect(hanging).rejects.toThrow('fetch failed')
    await expect(fetch(other.url)).rejects.toThrow('fetch failed')
  })
})
