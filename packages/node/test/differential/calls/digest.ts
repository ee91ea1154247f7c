import type { Answer, Call } from '../call.js'

function challenge(how: string, cookie?: string): Answer {
  const headers: [string, string][] = [
    ['WWW-Authenticate', `Digest realm="here", nonce="abc", opaque="op", ${how}`],
  ]
  if (cookie !== undefined) headers.push(['Set-Cookie', cookie])
  return { status: 401, headers, body: 'who?' }
}

/** Challenges and their answers. */
export const digests: Call[] = [
  {
    name: 'a Digest of MD5, and its cookie',
    session: { digest: ['user', 'secret'] },
    steps: [{ url: '{home}/a?b=1' }, { method: 'POST', url: '{home}/b', form: { a: '1' } }],
    answers: { '/a': [challenge('algorithm=MD5, qop="auth"', 'sid=1; Path=/'), {}] },
  },
  {
    name: 'a Digest of SHA-256',
    session: { digest: ['user', 'secret'] },
    steps: [{ url: '{home}/a' }],
    answers: { '/a': [challenge('algorithm=SHA-256, qop="auth"'), {}] },
  },
  {
    name: 'a Digest that is refused',
    session: { digest: ['user', 'wrong'] },
    steps: [{ url: '{home}/a' }],
    answers: { '/a': challenge('algorithm=MD5, qop="auth"') },
  },
  {
    name: 'a Digest challenge on a 200',
    session: { digest: ['user', 'secret'] },
    steps: [{ url: '{home}/a' }],
    answers: { '/a': { ...challenge('algorithm=MD5, qop="auth"'), status: 200 } },
  },
  {
    name: 'a Digest on the way to another origin',
    session: { digest: ['user', 'secret'] },
    steps: [{ url: '{home}/a' }, { url: '{away}/b' }],
    answers: { '/a': [challenge('algorithm=MD5, qop="auth"'), {}] },
  },
]
