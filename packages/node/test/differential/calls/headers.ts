import type { Call } from '../call.js'

/** What becomes of headers and credentials. */
export const headers: Call[] = [
  {
    name: 'session headers, said again in another case',
    session: { headers: { 'X-App': 'demo', 'X-Kept': 'yes' } },
    steps: [{ url: '{home}/', headers: { 'x-app': 'call', 'X-New': '1' } }, { url: '{home}/' }],
  },
  {
    name: 'session headers, one of them without',
    session: { headers: { 'X-App': 'demo' } },
    steps: [
      { url: '{home}/', headers: { 'x-APP': null } },
      { url: '{home}/', headers: { Accept: null } },
    ],
  },
  { name: 'a User-Agent of the caller', steps: [{ url: '{home}/', headers: { 'user-agent': 'mine/1' } }] },
  { name: 'no User-Agent', steps: [{ url: '{home}/', headers: { 'User-Agent': null } }] },
  { name: 'a Host of the caller', steps: [{ url: '{home}/', headers: { Host: 'virtual.test' } }] },
  {
    name: 'a header that is empty or has blanks in it',
    steps: [{ url: '{home}/', headers: { 'X-A': '', 'X-B': 'a b  c' } }],
  },
  { name: 'a header with a blank before its value', steps: [{ url: '{home}/', headers: { 'X-A': ' a' } }] },
  { name: 'a header that is a number', steps: [{ url: '{home}/', headers: { 'X-A': 1 } }] },
  {
    name: 'a header with a line break',
    steps: [
      { url: '{home}/', headers: { 'X-A': 'a\r\nX-B: b' } },
      { url: '{home}/', headers: { 'X-A': 'a\n' } },
    ],
  },
  { name: 'a header beyond latin-1', steps: [{ url: '{home}/', headers: { 'X-A': 'π' } }] },
  {
    name: 'a Content-Length of the caller',
    steps: [{ method: 'POST', url: '{home}/', headers: { 'Content-Length': '0' } }],
  },
  { name: 'a pair of credentials', steps: [{ url: '{home}/', auth: ['user', 'pass:word'] }] },
  { name: 'credentials beyond ASCII', steps: [{ url: '{home}/', auth: ['jürgen', 'pässword'] }] },
  { name: 'credentials beyond latin-1', steps: [{ url: '{home}/', auth: ['юра', 'π'] }] },
  {
    name: 'credentials of the session, and of a call',
    session: { auth: ['session', '1'] },
    steps: [{ url: '{home}/' }, { url: '{home}/', auth: ['call', '2'] }],
  },
  {
    name: 'no credentials for once',
    session: { auth: ['session', '1'] },
    steps: [{ url: '{home}/', auth: null }],
  },
  {
    name: 'credentials beside an Authorization header in one call',
    steps: [{ url: '{home}/', auth: ['call', '2'], headers: { Authorization: 'Bearer mine' } }],
  },
  {
    name: 'an Authorization header beside credentials of the session',
    session: { auth: ['session', '1'] },
    steps: [{ url: '{home}/', headers: { Authorization: 'Bearer mine' } }],
  },
]
