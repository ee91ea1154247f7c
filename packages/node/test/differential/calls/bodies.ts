import { type Call, NOT_A_NUMBER } from '../call.js'

/** What goes out. */
export const bodies: Call[] = [
  {
    name: 'json',
    steps: [
      { method: 'POST', url: '{home}/', json: [] },
      { method: 'PATCH', url: '{home}/', json: {} },
    ],
  },
  {
    name: 'json with names, and beyond ASCII',
    steps: [{ method: 'POST', url: '{home}/', json: { name: 'Zoë', n: 1 } }],
  },
  { name: 'json that is null', steps: [{ method: 'POST', url: '{home}/', json: null }] },
  { name: 'json that is not a number', steps: [{ method: 'POST', url: '{home}/', json: NOT_A_NUMBER }] },
  {
    name: 'json of a type of the caller',
    steps: [
      { method: 'PUT', url: '{home}/', json: [], headers: { 'content-type': 'application/problem+json' } },
    ],
  },
  { name: 'a form by name', steps: [{ method: 'POST', url: '{home}/', form: { a: '1', b: ['2', 'ü &'] } }] },
  {
    name: 'a form in pairs',
    steps: [
      {
        method: 'POST',
        url: '{home}/',
        form: [
          ['b', '2'],
          ['a', '1'],
          ['b', '3'],
        ],
      },
    ],
  },
  { name: 'json beside a form', steps: [{ method: 'POST', url: '{home}/', json: [], form: { a: '1' } }] },
  { name: 'a body of text', steps: [{ method: 'POST', url: '{home}/', text: 'Grüße' }] },
  { name: 'a body of bytes', steps: [{ method: 'PUT', url: '{home}/', bytes: 'AAH/gA==' }] },
  { name: 'a body of unknown length', steps: [{ method: 'POST', url: '{home}/', stream: ['one', 'two'] }] },
  {
    name: 'a multipart body',
    steps: [
      {
        method: 'POST',
        url: '{home}/',
        multipart: [
          { name: 'field', content: 'ü' },
          { name: 'file', content: 'text', filename: 'no"tes ü.txt', type: 'text/plain' },
          {
            name: 'more',
            content: '{}',
            filename: 'a.json',
            type: 'application/json',
            headers: { 'X-Part': '1' },
          },
        ],
      },
    ],
  },
  {
    name: 'no body with POST, PUT and PATCH',
    steps: ['POST', 'PUT', 'PATCH'].map((method) => ({ method, url: '{home}/' })),
  },
  {
    name: 'no body with DELETE and OPTIONS',
    steps: ['DELETE', 'OPTIONS'].map((method) => ({ method, url: '{home}/' })),
  },
  {
    name: 'a method in lower case',
    steps: [
      { method: 'post', url: '{home}/', text: '' },
      { method: 'propfind', url: '{home}/' },
    ],
  },
  { name: 'a GET with a body', steps: [{ url: '{home}/', form: { a: '1' } }] },
]
