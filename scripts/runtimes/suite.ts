import { type Library, contract, runCase } from '@session-fetch/test-support/contract'

/** Where the suite finds its servers. */
export interface SuiteUrls {
  readonly url: string
  readonly otherUrl: string
  /** Must not be in the output of a program. */
  readonly secret: string
  /** Whether the entry is the portable one. */
  readonly isPortable: boolean
}

/** How a case ended: without a `failure` where it passed. */
export interface Outcome {
  readonly name: string
  readonly failure?: string
}

/** A case that hangs has failed; a slow machine is given time. */
const PATIENCE = 60_000

/** Runs the contract, and what must hold on every server, in the runtime that loads this. */
export async function runSuite(library: Library, urls: SuiteUrls): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const contractCase of contract) {
    const run = (): Promise<void> => runCase(contractCase, { library, platform: 'node', ...urls })
    outcomes.push(await outcomeOf(contractCase.name, run))
  }
  for (const [name, run] of Object.entries(everywhere)) {
    outcomes.push(await outcomeOf(`everywhere: ${name}`, () => run(library, urls)))
  }
  return outcomes
}

async function outcomeOf(name: string, run: () => Promise<void>): Promise<Outcome> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const patience = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('It hangs')), PATIENCE)
  })
  try {
    await Promise.race([run(), patience])
    return { name }
  } catch (error) {
    return { name, failure: String((error as Error | undefined)?.stack ?? error).slice(0, 600) }
  } finally {
    clearTimeout(timer)
  }
}

/** The cookies of a session, as a jar for another client. */
interface Jar {
  capture(lines: readonly string[], url: string): unknown
  headerFor(url: string): string | Promise<string>
}

const readers: Record<string, (response: Response) => Promise<unknown>> = {
  text: (response) => response.text(),
  bytes: (response) => response.bytes(),
  'getReader()': (response) => readAll(response.body),
  'for await': async (response) => {
    for await (const chunk of response.body ?? []) void chunk
  },
  'pipeTo()': async (response) => response.body?.pipeTo(new WritableStream()),
  'pipeThrough()': async (response) => readAll(response.body?.pipeThrough(new TransformStream())),
  'tee()': async (response) => Promise.all((response.body?.tee() ?? []).map(readAll)),
  'clone().text()': (response) => response.clone().text(),
  'clone().body': (response) => readAll(response.clone().body),
}

async function readAll(stream: ReadableStream | null | undefined): Promise<void> {
  const reader = stream?.getReader()
  for (let part = await reader?.read(); part?.value; part = await reader?.read());
}

/** Reads the response of a URL with each reader, and logs the error. */
async function eachReaderFails(
  session: InstanceType<Library['Session']>,
  { url, secret, name }: { url: string; secret: string; name: string },
): Promise<void> {
  const wrong: string[] = []
  for (const [how, read] of Object.entries(readers)) {
    const response = await session.get(url, { params: { token: secret } })
    const failure = await read(response).then(
      () => 'nothing',
      (error: unknown) => error as Error,
    )
    console.log(failure)
    if (failure instanceof Error ? failure.name !== name : true) wrong.push(`${how}: ${String(failure)}`)
  }
  await session.close()
  if (wrong.length > 0) throw new Error(wrong.join('\n'))
}

/** Checks for every runtime on a server: no secret is sent to another origin, or printed. */
const everywhere: Record<string, (library: Library, urls: SuiteUrls) => Promise<void>> = {
  async 'the entry is the one that is meant'({ Session }, urls) {
    const { capabilities } = new Session()
    if (capabilities.guard === urls.isPortable || !capabilities.jar)
      throw new Error(`It can do: ${JSON.stringify(capabilities)}`)
  },

  async 'a method that the engine would change is sent as it is, or refused'({ Session }, urls) {
    const session = new Session()
    const sent = await session
      .request('PROPFIND', `${urls.url}echo`)
      .json<{ method: string }>()
      .catch((error: Error) => error)
    await session.close()
    const isRefused = sent instanceof Error && sent.name === 'UnsupportedError'
    if (!isRefused && !('method' in sent && sent.method === 'PROPFIND'))
      throw sent instanceof Error ? sent : new Error(`It was sent as ${JSON.stringify(sent)}`)
  },

  async 'a redirect to another origin carries nothing that says who is asking'({ Session }, urls) {
    const session = new Session({
      auth: ['user', urls.secret],
      headers: { 'X-Api-Key': urls.secret, Cookie: `sid=${urls.secret}` },
    })
    const echo = await session
      .get(`${urls.url}redirect-to?url=${encodeURIComponent(`${urls.otherUrl}echo`)}`)
      .text()
    await session.close()
    if (!echo.includes('headers')) throw new Error(`The echo was not reached: ${echo.slice(0, 200)}`)
    if (echo.includes(urls.secret) || echo.includes(btoa(`user:${urls.secret}`)))
      throw new Error(`It shows: ${echo}`)
  },

  async 'a body is not sent on to another origin'({ Session }, urls) {
    const session = new Session()
    const to = `${urls.url}redirect-to?status=307&url=${encodeURIComponent(`${urls.otherUrl}echo`)}`
    const failure = await session.post(to, { json: { password: urls.secret } }).then(
      () => null,
      (error: unknown) => error as Error,
    )
    await session.close()
    if (failure?.name !== 'InvalidRedirectError') throw new Error(`It ended with ${String(failure)}`)
  },

  /** The runner searches the output for the secret, which is in the URL. */
  async 'a body that is cut short is a TruncatedError, however it is read'({ Session }, urls) {
    await eachReaderFails(new Session(), {
      url: `${urls.url}cut`,
      secret: urls.secret,
      name: 'TruncatedError',
    })
  },

  async 'a body that is corrupt gzip is a DecodeError, however it is read'({ Session }, urls) {
    await eachReaderFails(new Session(), {
      url: `${urls.url}corrupt`,
      secret: urls.secret,
      name: 'DecodeError',
    })
  },

  async 'bytes over shared memory arrive as they are'({ Session }, urls) {
    const bytes = new Uint8Array(new SharedArrayBuffer(4))
    bytes.set([97, 98, 99, 100])
    const part = bytes.subarray(1) as unknown as Uint8Array<ArrayBuffer>
    const session = new Session()
    const sent = [
      await session.post(`${urls.url}echo`, { body: part }).text(),
      await session.post(`${urls.url}echo`, { multipart: { file: { content: part } } }).text(),
    ]
    await session.close()
    for (const echo of sent)
      if (!echo.includes('bcd')) throw new Error(`It was sent as ${echo.slice(0, 400)}`)
  },

  async 'a jar without a session keeps UTF-8 cookies of the fetch'({ Session }, urls) {
    const city = 'zürich-Łódź'
    const session = new Session()
    const jar = session.cookies as typeof session.cookies & Jar
    const line = encodeURIComponent(`city=${city}; Path=/`)
    const response = await fetch(`${urls.url}set-cookie/utf-8?line=${line}`)
    await response.text()
    await jar.capture(response.headers.getSetCookie(), urls.url)
    const value = (await jar.get({ name: 'city', url: urls.url }))?.value
    if (value !== city) throw new Error(`It was stored as ${JSON.stringify(value)}`)
    const headers = { Cookie: await jar.headerFor(urls.url) }
    const seen = await (await fetch(`${urls.url}cookies`, { headers })).text()
    await session.close()
    // the server shows bytes, one character each
    const bytes = String.fromCharCode(...new TextEncoder().encode(city))
    if (seen !== JSON.stringify({ city: bytes })) throw new Error(`It was sent as ${seen}`)
  },

  /** The runner searches the output for the secret. */
  async 'what is logged shows no secret'({ Session }, urls) {
    const session = new Session({
      auth: ['user', urls.secret],
      headers: { 'X-Api-Key': urls.secret },
      params: { token: urls.secret },
    })
    const response = await session.get(`${urls.url}cookies/set?sid=${urls.secret}`, { redirect: 'manual' })
    const failed = await session
      .get(`${urls.url}status/404`, { throwHttpErrors: true })
      .catch((error: unknown) => error)
    console.log(session, response, response.request, failed)
    await response.text()
    await session.close()
  },
}
