import { defineConfig } from 'vitepress'
import { sideBySide } from './side-by-side.js'

const repository = 'https://github.com/session-fetch/session-fetch'
const ENTRIES = [
  'node',
  'portable',
  'browser',
  'csrf',
  'digest',
  'document-cookies',
  'explain-cors',
  'links',
  'netrc',
  'testing',
  'xhr',
]
const page = (text, link) => ({ text, link })

export default defineConfig({
  srcDir: 'content',
  base: process.env.SITE_BASE ?? '/',
  title: 'session-fetch',
  description:
    'A fetch that remembers: cookies, connections and settings, with one API in Node and in browsers.',
  lang: 'en',
  cleanUrls: false,
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  lastUpdated: false,
  // Headings have the same anchors as on GitHub, where the documents are read, too.
  markdown: { anchor: { slugify: slug }, config: sideBySide },
  // Its columns of code take the place of the outline.
  transformPageData({ relativePath, frontmatter }) {
    if (relativePath === 'migrating.md') Object.assign(frontmatter, { aside: false, pageClass: 'wide' })
  },
  themeConfig: {
    search: { provider: 'local' },
    nav: [
      page('Start', '/start'),
      page('Guides', '/guide'),
      page('Reference', '/reference'),
      page('API', '/api/'),
      page('Playground', '/playground'),
    ],
    socialLinks: [{ icon: 'github', link: repository }],
    outline: [2, 3],
    footer: { message: 'MIT License' },
    sidebar: {
      '/api/': [
        {
          text: 'Entries',
          items: ENTRIES.map((name) =>
            page(name === 'node' ? 'session-fetch' : `session-fetch/${name}`, `/api/${name}/`),
          ),
        },
        {
          text: 'See also',
          items: [page('Options and responses', '/reference'), page('Guides', '/guide')],
        },
      ],
      '/': [
        {
          text: 'Start',
          items: [
            page('Getting started', '/start'),
            page('Set up', '/setup'),
            page('Logging in', '/logging-in'),
            page('Playground', '/playground'),
          ],
        },
        {
          text: 'Guides',
          items: [
            page('All guides', '/guide'),
            page('Auth and token refresh', '/auth'),
            page('Cookies and files', '/cookies'),
            page('Retries and timeouts', '/retries-and-timeouts'),
            page('Errors', '/errors'),
            page('Uploads and downloads', '/uploads-and-downloads'),
            page('Hooks', '/hooks'),
            page('Many users', '/many-users'),
            page('Proxies, TLS, HTTP/2', '/network'),
            page('Testing', '/testing'),
            page('Timings and traces', '/tracing'),
          ],
        },
        {
          text: 'Platforms',
          items: [
            page('Browsers', '/browsers'),
            page('Runtimes', '/runtimes'),
            page('Capabilities', '/capabilities'),
          ],
        },
        {
          text: 'The rules',
          items: [
            page('Merging', '/rules/merging'),
            page('Origins', '/rules/origins'),
            page('Redirects', '/rules/redirects'),
            page('Cookies', '/rules/cookies'),
          ],
        },
        {
          text: 'Coming from',
          items: [
            page('axios, ky, got, requests …', '/migrating'),
            page('fetch', '/fetch'),
            page('requests and httpx, row by row', '/requests-parity'),
          ],
        },
        {
          text: 'Reference',
          items: [
            page('Options and responses', '/reference'),
            page('API', '/api/'),
            page('Benchmarks', '/benchmarks'),
            page('Benchmarks in a page', '/benchmarks-browser'),
            page('Security', '/security'),
            page('Advisories of others', '/advisories'),
          ],
        },
        {
          text: 'Project',
          collapsed: true,
          items: [
            page('Contributing', '/contributing'),
            page('Map of the code', '/map'),
            page('Decisions', '/decisions/'),
            page('Changelog', '/changelog'),
            page('Code of conduct', '/code_of_conduct'),
          ],
        },
      ],
    },
  },
})

function slug(heading) {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-')
}
