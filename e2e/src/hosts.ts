/**
 * Host names that each browser is told to find on loopback: two sites, and a third of two hosts. `localhost` and
 * what ends in it are there without being told, and are secure contexts by plain http, too.
 */
export const testHosts = ['app.test', 'api.test', 'app.shop.test', 'api.shop.test']

/** What the test sites' certificate is for, as openssl writes it. */
export const certifiedNames = [
  'DNS:localhost',
  'DNS:a.localhost',
  'DNS:b.localhost',
  'IP:127.0.0.1',
  ...testHosts.map((host) => `DNS:${host}`),
]
