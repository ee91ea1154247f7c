import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer, request as forward } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { startSite } from '../examples/demo/site.js'

/** The paths of the demo site, which the playground calls. */
const DEMO = /^\/(?:login|members|echo|other-echo|connections|nothing-here)$/

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

/**
 * Serves the built pages and the demo site from one origin, on loopback.
 *
 * @param {string} folder the built pages
 * @param {number} [port] Default: one that the system chooses
 * @returns {Promise<{ url: string, close(): Promise<void> }>}
 */
export async function serveSite(folder, port = 0) {
  const demo = await startSite()
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://site')
    if (DEMO.test(pathname)) pass(demo.url, request, response)
    else sendFile(folder, pathname, response)
  })
  await new Promise((listening) => server.listen(port, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    async close() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
      await demo.close()
    },
  }
}

function pass(to, request, response) {
  const { method, headers, url } = request
  const onward = forward(new URL(url, to), { method, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.rawHeaders)
    answer.pipe(response)
  })
  onward.on('error', () => response.writeHead(502).end())
  request.pipe(onward)
}

function sendFile(folder, pathname, response) {
  const path = normalize(join(folder, decodeURIComponent(pathname)))
  const file = path.startsWith(folder) && isFile(path) ? path : join(path, 'index.html')
  if (!path.startsWith(folder) || !isFile(file)) {
    response.writeHead(404, { 'Content-Type': TYPES['.html'] })
    createReadStream(join(folder, '404.html')).pipe(response)
    return
  }
  response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream' })
  createReadStream(file).pipe(response)
}

function isFile(path) {
  return existsSync(path) && statSync(path).isFile()
}
