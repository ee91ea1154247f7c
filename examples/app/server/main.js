// node server/main.js [--dev] [--port 0] [--dist folder]: the API and the page of the app on one port. With --dev
// With Vite, the page is served from its sources; otherwise from the folder that `vite build` wrote.
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createApi } from './api.js'
import { servePages } from './pages.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const { values: given } = parseArgs({
  options: { dev: { type: 'boolean' }, port: { type: 'string', default: '5180' }, dist: { type: 'string' } },
})

const dist = given.dist ?? `${root}dist`
if (!given.dev && !existsSync(`${dist}/index.html`)) {
  console.error(
    'The page is not built yet. Run "npm run build" first, or "npm run dev" to serve it from its sources.',
  )
  process.exit(1)
}

const server = createServer()
const api = createApi()
const pages = given.dev ? await fromSources() : servePages(dist)
server.on('request', (request, response) => {
  if (request.url.startsWith('/api/')) void api(request, response)
  else pages(request, response)
})
server.listen(Number(given.port), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/`)
})

async function fromSources() {
  const { createServer: createVite } = await import('vite')
  const vite = await createVite({ root, server: { middlewareMode: true, hmr: { server } } })
  return vite.middlewares
}
