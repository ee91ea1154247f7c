import { type Server, createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Certificate } from './certificates.js'
import { countConnections } from './site/connections.js'
import { allowOrigin, answerPreflight } from './site/cors.js'
import { type Exchange, createExchange } from './site/exchange.js'
import { type Pages, pageRoutes } from './site/pages.js'
import { siteRoutes } from './site/routes.js'

/** A running contract site. */
export interface ContractServer {
  /** The site's address with a trailing slash, such as `http://127.0.0.1:40001/`. */
  readonly url: string
  /** The port, for pages that call the same server by another host name. */
  readonly port: number
  /** How many TCP connections the server has accepted so far. */
  connections(): number
  /** Ends every connection and stops listening. */
  close(): Promise<void>
}

export interface ContractServerOptions {
  /** Extra documents to serve, by path: the page and scripts that a browser loads. Default: none. */
  pages?: Pages
  /** What it proves itself with, to speak https instead of http. Default: none. */
  certificate?: Pick<Certificate, 'cert' | 'key'>
}

const keepAlive = { keepAliveTimeout: 60_000 } // no idle connection ends in the middle of a case

/** Starts the site that the contract suite talks to, on a free loopback port. */
export async function startContractServer(options: ContractServerOptions = {}): Promise<ContractServer> {
  const { certificate } = options
  const server = certificate ? createSecureServer({ ...keepAlive, ...certificate }) : createServer(keepAlive)
  const connections = countConnections(server, certificate ? 'secureConnection' : 'connection')
  const routes = new Map([...siteRoutes(connections), ...pageRoutes(options.pages ?? {})])
  server.on('request', (request, response) => {
    void answer(createExchange(request, response), routes)
  })
  const port = await listen(server)
  return {
    url: `${certificate ? 'https' : 'http'}://127.0.0.1:${port}/`,
    port,
    connections: () => connections.count(),
    close: () => close(server),
  }
}

/** Answers one request; paths under `/no-cors/` are the same site without a word of CORS. */
async function answer(
  exchange: Exchange,
  routes: Map<string, (exchange: Exchange) => unknown>,
): Promise<void> {
  exchange.response.setHeader('Cache-Control', 'no-store') // or a browser keeps a 301 for good
  if (exchange.cors) allowOrigin(exchange)
  if (answerPreflight(exchange)) return
  const route = routes.get(exchange.url.pathname) ?? routes.get(`/${exchange.segments[0] ?? ''}`)
  try {
    if (route === undefined) exchange.text(404, `no page at ${exchange.url.pathname}\n`)
    else await route(exchange)
  } catch (error) {
    exchange.response.destroy(error instanceof Error ? error : new Error(String(error)))
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      // A server that listens on a TCP port has an AddressInfo; only a pipe's address is a string.
      resolve((server.address() as AddressInfo).port)
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)))
    server.closeAllConnections()
  })
}
