// A program that Sentry watches: node sentry <url>. It logs in below a span of its own, fails a call, and prints the
// spans that Sentry would have sent.
import { Session } from '@session-fetch/node'
import { createTransport, getActiveSpan, init, startSpan, flush } from '@sentry/node'

const [, , url = ''] = process.argv
const sent: string[] = []

init({
  dsn: 'https://public@sentry.test/1',
  tracesSampleRate: 1,
  traceLifecycle: 'static',
  transport: (options) =>
    createTransport(options, ({ body }) => {
      sent.push(String(body))
      return Promise.resolve({ statusCode: 200 })
    }),
})

const session = new Session({ baseUrl: url, trustEnv: false })
const caller = await startSpan({ name: 'caller' }, async () => {
  await session.post('login', { form: { password: 'secret' } }).text()
  await session.get('http://127.0.0.1:9/none').catch(() => {})
  return getActiveSpan()?.spanContext().spanId
})
await session.close()
await flush()
const spans = sent
  .flatMap((envelope) => envelope.split('\n'))
  .flatMap((line) => (JSON.parse(line) as { spans?: { parent_span_id: string }[] }).spans ?? [])
console.log(JSON.stringify(spans.map((span) => ({ ...span, isCallers: span.parent_span_id === caller }))))
