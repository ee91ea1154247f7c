import type { Call } from '../call.js'

/** What becomes of a URL and its params. */
export const urls: Call[] = [
  { name: 'a plain GET', steps: [{ url: '{home}/' }, { url: '{home}' }, { url: '{home}/a/b' }] },
  { name: 'params by name', steps: [{ url: '{home}/', params: { a: '1', b: 'two words', empty: '' } }] },
  {
    name: 'params that repeat or are null',
    steps: [{ url: '{home}/', params: { tag: ['x', 'y'], gone: null, none: [], some: ['1', null] } }],
  },
  {
    name: 'params in pairs',
    steps: [
      {
        url: '{home}/',
        params: [
          ['z', '1'],
          ['a', '2'],
          ['z', '3'],
        ],
      },
    ],
  },
  { name: 'params as text', steps: [{ url: '{home}/', params: 'test=foo&a=1' }] },
  { name: 'params as text with a blank', steps: [{ url: '{home}/', params: 'test=foo bar' }] },
  { name: 'params beyond ASCII', steps: [{ url: '{home}/', params: { grüße: 'ß ∞', r: '&=+?#/:@' } }] },
  { name: 'params with a tilde or an asterisk', steps: [{ url: '{home}/', params: { t: '~', s: '*' } }] },
  { name: 'params that are booleans or numbers', steps: [{ url: '{home}/', params: { yes: true, n: 1.5 } }] },
  { name: 'params beside a query and a fragment', steps: [{ url: '{home}/p?q=1#part', params: { a: '1' } }] },
  { name: 'a query as the caller wrote it', steps: [{ url: '{home}/p?x=%20+1&y', params: { a: '1' } }] },
  {
    name: 'session params, and one more',
    session: { params: { lang: 'en', app: 'demo' } },
    steps: [{ url: '{home}/', params: { page: 1 } }, { url: '{home}/' }],
  },
  {
    name: 'session params, one of them without',
    session: { params: { lang: 'en', app: 'demo' } },
    steps: [
      { url: '{home}/', params: { lang: null } },
      { url: '{home}/', params: { LANG: 'de' } },
    ],
  },
  {
    name: 'session params, one of them said again',
    session: { params: { lang: 'en', app: 'demo' } },
    steps: [{ url: '{home}/', params: { lang: 'de' } }],
  },
  {
    name: 'session params whose key stands in the URL',
    session: { params: { lang: 'en' } },
    steps: [{ url: '{home}/?lang=fr' }],
  },
  {
    name: 'session params beside params as text',
    session: { params: { lang: 'en' } },
    steps: [{ url: '{home}/', params: 'a=1' }],
  },
  { name: 'a path with dots', steps: [{ url: '{home}/a/./b/../c' }] },
  { name: 'a path beyond ASCII', steps: [{ url: '{home}/a b/ü/%7Bx%7D' }] },
  { name: 'a path with two slashes', steps: [{ url: '{home}//a//b' }] },
  { name: 'a path with a backslash', steps: [{ url: '{home}/a\\b' }] },
  { name: 'a path with a stray percent sign', steps: [{ url: '{home}/50%/%7e' }] },
  { name: 'a URL with blanks before it', steps: [{ url: '  {home}/a' }] },
  { name: 'a question mark without a query', steps: [{ url: '{home}/a?' }] },
  { name: 'a URL with user and password', steps: [{ url: '{home:me:p%40ss%20word}/a' }] },
  { name: 'a URL without a scheme', steps: [{ url: 'api.test/path' }] },
  { name: 'a URL without a host', steps: [{ url: 'http://' }] },
  { name: 'a URL that nothing carries', steps: [{ url: 'gopher://api.test/' }] },
  { name: 'a host that is a pattern', steps: [{ url: 'http://*.api.test/' }, { url: 'http://.api.test/' }] },
]
