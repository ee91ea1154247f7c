// npm run docs: builds the documentation site, and fails if a link is broken or a name has no documentation.
// npm run docs -- --open: also serves it with the demo site, for the playground, until it is interrupted.
import { setUp } from './setup.mjs'

const PORT = 5190

try {
  setUp()
  const { buildSite } = await import('../site/build.mjs')
  console.log('docs: building the site (about 30 s)')
  const folder = buildSite()
  console.log(`docs: built in ${folder}`)
  if (process.argv.includes('--open')) await open(folder)
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}

async function open(folder) {
  const { serveSite } = await import('../site/serve.mjs')
  const site = await serveSite(folder, PORT)
  console.log(`docs: at ${site.url} (Ctrl-C to stop)`)
  await new Promise((stopped) => process.once('SIGINT', stopped).once('SIGTERM', stopped))
  await site.close()
}
