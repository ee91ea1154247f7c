import { readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
}

/** Returns a function that serves the files of a folder, as they are at the time of this call. */
export function servePages(folder) {
  const files = new Map(
    filesUnder(folder).map((file) => [`/${relative(folder, file).split(sep).join('/')}`, file]),
  )
  const pages = new Map([...files].map(([path, file]) => [path, readPage(file)]))
  return (request, response) => {
    const { pathname } = new URL(request.url, 'http://site')
    const page = pages.get(pathname === '/' ? '/index.html' : pathname)
    if (page === undefined) response.writeHead(404).end()
    else response.writeHead(200, { 'Content-Type': page.type }).end(page.body)
  }
}

function readPage(file) {
  return { type: types[extname(file)] ?? 'application/octet-stream', body: readFileSync(file) }
}

function filesUnder(folder) {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}
