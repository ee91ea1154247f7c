import { type Library, contract, runCase } from '@session-fetch/test-support/contract'

/** Where the suite finds its servers. */
export interface SuiteUrls {
  readonly url: string
  readonly otherUrl: string
  /** Never to be seen in what a program logs. */
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

/** What must hold wherever a session is the client of a server: no secret leaves home, or is shown. */
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

  /** The runner looks for the secret in all that was printed. */
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
