import { describe, expect, it } from 'vitest'
import { parseNetrc } from './parse-netrc.js'

const hostsOf = (text: string): unknown => Object.fromEntries(parseNetrc(text)?.hosts ?? [['none', null]])

describe('parseNetrc', () => {
  it.each<[what: string, text: string, hosts: object]>([
    ['nothing', '', {}],
    ['one line', 'machine a.test login me password pw', { 'a.test': ['me', 'pw'] }],
    ['many lines', 'machine a.test\n\tlogin me\n\tpassword pw\n', { 'a.test': ['me', 'pw'] }],
    ['CRLF', 'machine a.test\r\nlogin me\r\npassword pw\r\n', { 'a.test': ['me', 'pw'] }],
    ['any order', 'machine a.test password pw login me', { 'a.test': ['me', 'pw'] }],
    [
      'two hosts',
      'machine a.test login a password 1\nmachine b.test login b password 2',
      { 'a.test': ['a', '1'], 'b.test': ['b', '2'] },
    ],
    [
      'the first of a host',
      'machine a.test login a password 1 machine a.test login b password 2',
      { 'a.test': ['a', '1'] },
    ],
    ['upper case', 'machine A.Test login me password pw', { 'a.test': ['me', 'pw'] }],
    ['quotes', 'machine a.test login "my self" password "a\\"b\\\\c"', { 'a.test': ['my self', 'a"b\\c'] }],
    ['an empty password', 'machine a.test login me password ""', { 'a.test': ['me', ''] }],
    ['no password', 'machine a.test login me', { 'a.test': ['me', ''] }],
    ['an account', 'machine a.test login me account x password pw', { 'a.test': ['me', 'pw'] }],
    [
      'comments',
      '# mine\nmachine a.test # that one\nlogin me\n#\npassword pw # said',
      { 'a.test': ['me', 'pw'] },
    ],
    ['a password like a comment', 'machine a.test login me password #7', { 'a.test': ['me', '#7'] }],
    [
      'a password like a keyword',
      'machine a.test login machine password default',
      { 'a.test': ['machine', 'default'] },
    ],
    [
      'a macro',
      'macdef init\nmachine evil.test login x password y\n\nmachine a.test login me password pw',
      { 'a.test': ['me', 'pw'] },
    ],
    [
      'a macro in an entry',
      'machine a.test login me password pw\nmacdef init\ncd /x\n\n',
      { 'a.test': ['me', 'pw'] },
    ],
    [
      'a macro without an end',
      'machine a.test login me password pw macdef x\nmachine b.test login x',
      { 'a.test': ['me', 'pw'] },
    ],
    [
      'a macro with CRLF',
      'macdef init\r\ncd /\r\nbin\r\n\r\nmachine a.test login me password pw\r\n',
      { 'a.test': ['me', 'pw'] },
    ],
    [
      'a macro between entries, with CRLF',
      'machine a.test login me password pw\r\nmacdef x\r\ncd\r\n\r\nmachine b.test\r\n\tlogin b\r\n\tpassword c\r\n',
      { 'a.test': ['me', 'pw'], 'b.test': ['b', 'c'] },
    ],
    [
      'comments that end in CR',
      '# mine\r# and mine\rmachine a.test # that\rlogin me password pw',
      { 'a.test': ['me', 'pw'] },
    ],
    ['a byte order mark', '\ufeffmachine a.test login me password pw', { 'a.test': ['me', 'pw'] }],
    [
      'a comment after one',
      '\ufeff# mine\r\nmachine a.test login me password pw',
      { 'a.test': ['me', 'pw'] },
    ],
    ['tabs and blanks', '\t machine\ta.test \t login\tme \tpassword \tpw\t ', { 'a.test': ['me', 'pw'] }],
    [
      'other spaces',
      'machine a.test login m\u00a0e password p\u2028\u3000w',
      { 'a.test': ['m\u00a0e', 'p\u2028\u3000w'] },
    ],
    ['keywords in any case', 'MACHINE a.test Login Me PASSWORD Pw', { 'a.test': ['Me', 'Pw'] }],
    [
      'a name from Object.prototype',
      'machine __proto__ login me password pw',
      { ['__proto__']: ['me', 'pw'] },
    ],
  ])('reads %s', (_what, text, hosts) => {
    const entries = Object.entries(hosts).map(([host, [login, password]]) => [host, { login, password }])
    const found = [...(parseNetrc(text)?.hosts ?? [])].map(([host, { login, password }]) => [
      host,
      { login, password },
    ])
    expect(found).toEqual(entries)
  })

  it('separates the default entry', () => {
    const parsed = parseNetrc('machine a.test login me password pw default login anyone password none')
    expect(parsed?.default).toMatchObject({ login: 'anyone', password: 'none' })
    expect(parsed?.hosts.size).toBe(1)
  })

  it.each(['me pw', 'machine', 'machine a.test login', '{"machine": "a.test"}', 'machine a.test user me'])(
    'does not take %j for one',
    (text) => {
      expect(parseNetrc(text)).toBeNull()
    },
  )

  // In quadratic time each of these takes longer than a test may.
  it('reads a long hostile file in linear time', () => {
    parseNetrc('"'.repeat(800_001))
    parseNetrc(`machine a login "${'\\'.repeat(800_001)}`)
    parseNetrc('#'.repeat(800_000))
    parseNetrc('# \n'.repeat(300_000))
    parseNetrc('" \\ '.repeat(200_000))
    parseNetrc('macdef x\r\n'.repeat(100_000))
    parseNetrc('\r'.repeat(800_000))
    expect(hostsOf('x')).toEqual({ none: null })
  })
})
