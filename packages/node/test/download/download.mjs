// node download.mjs <url> <path>: a process that downloads a file with resume.
import { Session } from '@session-fetch/node'

const [url = '', path = ''] = process.argv.slice(2)
const { bytes, resumed } = await new Session().download(url, path, { resume: true })
console.log(JSON.stringify({ bytes, resumed }))
