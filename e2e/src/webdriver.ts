import type { Json } from './tab.js'

/** The key of an element's id in what WebDriver sends (W3C WebDriver, "web element identifier"). */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf'

type Reply = { readonly value: unknown }
type Outcome = { readonly value?: unknown; readonly error?: string }

/** A session of W3C WebDriver: one browser, driven by plain HTTP. */
export class WebDriver {
  readonly #session: string
  /** What the browser said that it is. */
  readonly version: string

  private constructor(session: string, version: string) {
    this.#session = session
    this.version = version
  }

  /** Starts a browser. `driver` is the address of a running driver, without a trailing slash. */
  static async open(driver: string, capabilities: Json): Promise<WebDriver> {
    const made = await command('POST', `${driver}/session`, { capabilities: { alwaysMatch: capabilities } })
    // The standard's "New Session" answers with these members.
    const { sessionId, capabilities: got } = made as {
      sessionId: string
      capabilities: { browserVersion: string }
    }
    return new WebDriver(`${driver}/session/${sessionId}`, got.browserVersion)
  }

  get(path: string): Promise<unknown> {
    return command('GET', this.#session + path)
  }

  post(path: string, body: Json = {}): Promise<unknown> {
    return command('POST', this.#session + path, body)
  }

  delete(path: string): Promise<unknown> {
    return command('DELETE', this.#session + path)
  }

  /** Evaluates an expression in the page and resolves with its JSON; what it throws is an Error here. */
  async evaluate(expression: string): Promise<unknown> {
    const script = `const done = arguments[arguments.length - 1]
      const run = async () => ${expression}
      run().then((value) => done({ value }), (error) => done({ error: String(error) }))`
    const outcome = (await this.post('/execute/async', { script, args: [] })) as Outcome // as `done` was called
    if (outcome.error !== undefined) throw new Error(outcome.error)
    return outcome.value
  }

  /** The path of the first element that the CSS selector finds. */
  async element(selector: string): Promise<string> {
    const found = await this.post('/element', { using: 'css selector', value: selector })
    return `/element/${(found as { [ELEMENT]: string })[ELEMENT]}` // the standard's form of an element
  }

  /** Ends the browser. */
  async close(): Promise<void> {
    await this.delete('')
  }
}

async function command(method: string, url: string, body?: Json): Promise<unknown> {
  const response = await fetch(url, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  const { value } = (await response.json()) as Reply // every answer of a driver has a value
  if (!response.ok) throw new Error(`${method} ${new URL(url).pathname}: ${JSON.stringify(value)}`)
  return value
}
