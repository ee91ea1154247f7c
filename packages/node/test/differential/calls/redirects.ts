import { type Answer, type Call, type Step, redirect, setting } from '../call.js'

const CODES = [301, 302, 303, 307, 308]
const atEachCode = Object.fromEntries(
  CODES.map((code): [string, Answer] => [`/${code}`, redirect('/to', code)]),
)

function withEachCode(method: string, body: Partial<Step> = {}): Call {
  return {
    name: `${method} at each code of a redirect`,
    steps: CODES.map((code) => ({ method, url: `{home}/${code}`, ...body })),
    answers: atEachCode,
  }
}

/** Who is asked next, and for what. */
export const redirects: Call[] = [
  {
    name: 'three redirects',
    session: { headers: { 'X-App': 'demo' }, params: { s: '1' }, auth: ['user', 'secret'] },
    steps: [{ url: '{home}/1', params: { a: '1' } }],
    answers: { '/1': redirect('/2', 302), '/2': redirect('{home}/3?b=2', 301), '/3': redirect('4', 307) },
  },
  withEachCode('GET'),
  withEachCode('HEAD'),
  withEachCode('POST', { form: { a: '1' } }),
  withEachCode('PUT', { form: { a: '1' } }),
  withEachCode('DELETE'),
  {
    name: 'HEAD by its verb',
    steps: [{ method: 'HEAD', verb: true, url: '{home}/1' }],
    answers: { '/1': redirect('/2') },
  },
  { name: 'a fragment that stays', steps: [{ url: '{home}/1#part' }], answers: { '/1': redirect('/2') } },
  {
    name: 'a fragment that is replaced',
    steps: [{ url: '{home}/1#old' }],
    answers: { '/1': redirect('/2#new'), '/2': redirect('/3') },
  },
  {
    name: 'a Location in bare UTF-8',
    steps: [{ url: '{home}/1' }],
    answers: { '/1': redirect(Buffer.from('/š').toString('latin1')) },
  },
  {
    name: 'a Location with its scheme in capitals',
    steps: [{ url: '{home}/1' }],
    answers: { '/1': redirect('{HOME}/2') },
  },
  {
    name: 'a Location with user and password',
    steps: [{ url: '{home}/1' }],
    answers: { '/1': redirect('{home:me:pw}/2') },
  },
  {
    name: 'credentials on the way to another origin and back',
    session: { auth: ['user', 'secret'] },
    steps: [{ url: '{home}/1' }],
    answers: { '/1': redirect('{away}/2'), '/2': redirect('{home}/3') },
  },
  {
    name: 'a secret header on the way to another origin',
    steps: [{ url: '{home}/1', headers: { 'X-Api-Key': 'secret', 'Accept-Language': 'en' } }],
    answers: { '/1': redirect('{away}/2') },
  },
  {
    name: 'a body on the way to another origin',
    steps: [{ method: 'POST', url: '{home}/1', form: { a: '1' } }],
    answers: { '/1': redirect('{away}/2', 307) },
  },
  {
    name: 'a body of unknown length at 307',
    steps: [{ method: 'POST', url: '{home}/1', stream: ['once'] }],
    answers: { '/1': redirect('/2', 307) },
  },
  {
    name: 'a redirect without a target',
    steps: [{ url: '{home}/none' }, { url: '{home}/300' }, { url: '{home}/304' }],
    answers: {
      '/none': { status: 302 },
      '/300': redirect('/to', 300),
      '/304': { status: 304, headers: [['Location', '/to']] },
    },
  },
  {
    name: 'a redirect with an empty target',
    session: { maxRedirects: 1 },
    steps: [{ url: '{home}/empty' }],
    answers: { '/empty': redirect('', 302) },
  },
  {
    name: 'a redirect to where nobody goes',
    steps: [{ url: '{home}/ftp' }, { url: '{home}/broken' }],
    answers: { '/ftp': redirect('ftp://127.0.0.1/'), '/broken': redirect('http://:1') },
  },
  { name: 'a redirect without end', steps: [{ url: '{home}/1' }], answers: { '/1': redirect('/1') } },
  {
    name: 'a redirect without end, and a limit',
    session: { maxRedirects: 5 },
    steps: [{ url: '{home}/1' }],
    answers: { '/1': redirect('/1') },
  },
  {
    name: 'a redirect that is not followed',
    steps: [{ method: 'POST', url: '{home}/1', form: { a: '1' }, redirect: 'manual' }],
    answers: { '/1': redirect('/2', 302, 'sid=1') },
  },
  {
    name: 'a redirect whose body is broken',
    steps: [{ url: '{home}/1' }],
    answers: {
      '/1': {
        status: 302,
        headers: [
          ['Location', '/2'],
          ['Content-Encoding', 'gzip'],
        ],
        body: 'not gzip',
      },
    },
  },
  {
    name: 'a Cookie header on the way to the same origin',
    steps: [{ url: '{home}/1', headers: { Cookie: 'own=1' } }],
    answers: { '/1': redirect('/2'), '/2': setting('a=1') },
  },
]
