import { type Call, redirect, setting } from '../call.js'

const PAST = 'Thu, 01-Jan-1970 00:00:01 GMT'

/** Which cookies are stored and sent. */
export const cookies: Call[] = [
  {
    name: 'cookies that come back',
    steps: [{ url: '{home}/set' }, { url: '{home}/' }, { url: '{neighbour}/' }, { url: '{away}/' }],
    answers: { '/set': setting('a=1; Path=/', 'b=2; Path=/') },
  },
  {
    name: 'cookies of a path',
    steps: [{ url: '{home}/deep/set' }, { url: '{home}/deep/er' }, { url: '{home}/deeper' }],
    answers: { '/deep/set': setting('own=1', 'root=1; Path=/', 'longer=1; Path=/deep/er') },
  },
  {
    name: 'cookies on the way',
    steps: [{ url: '{home}/1' }],
    answers: { '/1': redirect('/2', 302, 'a=1; Path=/'), '/2': redirect('/3', 302, 'b=2; Path=/') },
  },
  {
    name: 'cookies that are taken back',
    steps: [{ url: '{home}/set' }, { url: '{home}/unset' }, { url: '{home}/' }],
    answers: {
      '/set': setting('a=1; Path=/', 'b=2; Path=/', 'c=3; Path=/'),
      '/unset': setting('a=; Path=/; Max-Age=0', `b=; Path=/; Expires=${PAST}`),
    },
  },
  {
    name: 'a cookie in quotes',
    steps: [{ url: '{home}/set' }, { url: '{home}/' }],
    answers: { '/set': setting('q="a:b"; Path=/') },
  },
  {
    name: 'a cookie without an equals sign',
    steps: [{ url: '{home}/set' }, { url: '{home}/' }],
    answers: { '/set': setting('bare; Path=/') },
  },
  {
    name: 'a cookie for another site',
    steps: [{ url: '{home}/set' }, { url: '{home}/' }],
    answers: { '/set': setting('evil=1; Domain=example.com; Path=/') },
  },
  {
    name: 'a secure cookie over http on the loopback',
    steps: [{ url: '{home}/set' }, { url: '{home}/' }],
    answers: { '/set': setting('safe=1; Secure; Path=/') },
  },
  {
    name: 'a cookie of localhost',
    steps: [{ url: '{away}/set' }, { url: '{away}/' }, { url: '{home}/' }],
    answers: { '/set': setting('a=1; Path=/') },
  },
  {
    name: 'cookies of one call',
    steps: [{ url: '{home}/1', cookies: { a: '1' } }, { url: '{home}/' }],
    answers: { '/1': redirect('/2') },
  },
  {
    name: 'cookies of one call on the way to another host',
    steps: [{ url: '{home}/1', cookies: { a: '1' } }],
    answers: { '/1': redirect('{away}/2') },
  },
  {
    name: 'cookies of one call beside those of the site',
    steps: [{ url: '{home}/set' }, { url: '{home}/', cookies: { a: 'call' } }, { url: '{home}/' }],
    answers: { '/set': setting('a=site; Path=/', 'b=2; Path=/') },
  },
  {
    name: 'cookies that the caller puts in the jar',
    session: { cookies: { a: '1' } },
    steps: [{ url: '{home}/' }, { url: '{away}/' }],
  },
  {
    name: 'a Cookie header beside those of the site',
    steps: [{ url: '{home}/set' }, { url: '{home}/', headers: { Cookie: 'own=1' } }],
    answers: { '/set': setting('a=1; Path=/') },
  },
]
