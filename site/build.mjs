// node site/build.mjs: writes the pages of the site to site/content, the reference from the docstrings among them, and
// builds them into site/dist. Fails where a link leads nowhere or an exported name has no documentation.
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root, run } from '../scripts/lib/run.mjs'

const site = fileURLToPath(new URL('.', import.meta.url))
const content = join(site, 'content')
const dist = join(site, '.vitepress/dist')
const repository = 'https://github.com/session-fetch/session-fetch/blob/main/'
const bin = (name) => join(site, 'node_modules/.bin', name)

/** Files of the project that are pages, beside those in docs. docs/api.md is replaced by the reference. */
const PAGES = {
  'SECURITY.md': 'security.md',
  'CONTRIBUTING.md': 'contributing.md',
  'CHANGELOG.md': 'changelog.md',
  'CODE_OF_CONDUCT.md': 'code_of_conduct.md',
  'README.md': 'index.md',
  'docs/api.md': 'api/index.md',
  'docs/decisions': 'decisions/index.md',
}

/** Builds the site. @throws {Error} with every fault that was found */
export function buildSite() {
  rmSync(content, { recursive: true, force: true })
  mkdirSync(join(content, 'public'), { recursive: true })
  const faults = [...writeReference(), ...writePages()]
  if (faults.length > 0) throw new Error(faults.join('\n'))
  cpSync(join(site, 'pages'), content, { recursive: true })
  const library = 'session-fetch.development.js'
  cpSync(join(root, 'packages/session-fetch/dist', library), join(content, 'public', library))
  must(run(bin('vitepress'), ['build', site]))
  const lost = lostAnchors()
  if (lost.length > 0) throw new Error(lost.join('\n'))
  return dist
}

/** The reference, from the docstrings. Returns a line for each name without one. */
function writeReference() {
  const { ok, output } = run(bin('typedoc'), ['--options', join(site, 'typedoc.json')], { cwd: site })
  if (!ok) return [output]
  return output.split('\n').filter((line) => line.includes('does not have any documentation'))
}

/** The documents, with links that fit the site. Returns a line for each link to a file that is not there. */
function writePages() {
  const faults = []
  for (const file of documents()) {
    const to = join(content, pageOf(file))
    mkdirSync(dirname(to), { recursive: true })
    if (!file.endsWith('.md')) cpSync(join(root, file), to)
    else writeFileSync(to, withLinks(file, readFileSync(join(root, file), 'utf8'), faults))
  }
  const navigation = readFileSync(join(site, '.vitepress/config.js'), 'utf8')
  for (const page of readdirSync(join(root, 'docs')).filter((name) => /^(?!api)[\w-]+\.md$/.test(name)))
    if (!navigation.includes(`'/${page.slice(0, -3)}'`)) faults.push(`docs/${page} is not in the navigation`)
  const decisions = readdirSync(join(root, 'docs/decisions')).filter((name) => name.endsWith('.md'))
  writeFileSync(join(content, 'decisions/index.md'), listOf(decisions))
  return faults
}

function documents() {
  const inDocs = readdirSync(join(root, 'docs'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'api.md')
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
  return [...inDocs, ...Object.keys(PAGES).filter((file) => !/^(?:docs\/|README)/.test(file))]
}

/** The page of a file: `docs/guide.md` is `guide.md`. */
function pageOf(file) {
  return PAGES[file] ?? file.replace(/^docs\//, '')
}

/** Links to other pages lead to them, links to other files of the project to the repository. */
function withLinks(file, text, faults) {
  return outsideCode(text, (part) =>
    part.replace(/\]\((?!https?:|#|mailto:)([^)#\s]*)(#[^)\s]*)?\)/g, (_link, path, anchor = '') => {
      const target = relative(root, join(root, dirname(file), path)).replace(/\/$/, '')
      if (!existsSync(join(root, target))) faults.push(`${file}: there is no ${path}`)
      const isPage = target.startsWith('docs/') || Object.hasOwn(PAGES, target)
      // The start page has other headings than the README.
      const to =
        isPage && !(target === 'README.md' && anchor) ? `/${pageOf(target)}` : `${repository}${target}`
      return `](${to}${anchor})`
    }),
  )
}

/** Changes a text outside its code; there, escapes what Vue would read as a template. */
function outsideCode(text, change) {
  return text
    .split(/(^```[\s\S]*?^```|`[^`\n]+`)/m)
    .map((part) => (part.startsWith('`') ? part : change(part)))
    .join('')
}

function listOf(files) {
  const lines = files.map((name) => {
    const [, title = name] = /^# (.+)$/m.exec(readFileSync(join(root, 'docs/decisions', name), 'utf8')) ?? []
    return `- [${title}](/decisions/${name})`
  })
  return `# Decisions\n\nWhy it is built this way, with measurements.\n\n${lines.join('\n')}\n`
}

/** A line for each link to a part of a page that the page does not have. The bundler finds pages that are not there. */
function lostAnchors() {
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.html'),
  )
  const pages = new Map(files.map((name) => [`/${name}`, readFileSync(join(dist, name), 'utf8')]))
  const ids = new Map(
    [...pages].map(([name, html]) => [
      name,
      new Set(Array.from(html.matchAll(/ id="([^"]+)"/g), ([, id]) => id)),
    ]),
  )
  return [...pages].flatMap(([name, html]) =>
    Array.from(html.matchAll(/<a [^>]*href="([^"#]*)#([^"]+)"/g))
      .filter(([, path]) => !/^https?:/.test(path))
      .filter(([, path, id]) => ids.get(targetOf(name, path))?.has(decodeURIComponent(id)) === false)
      .map(([, path, id]) => `${name}: there is no #${id} in ${path || 'this page'}`),
  )
}

function targetOf(page, path) {
  if (path === '') return page
  const { pathname } = new URL(path, `http://site${page}`)
  return pathname.endsWith('/') ? `${pathname}index.html` : pathname
}

function must({ ok, output }) {
  if (!ok) throw new Error(output)
}
