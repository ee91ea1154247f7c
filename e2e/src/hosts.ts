/** Host names that each browser is told to find on loopback; `*.localhost` is there without being told. */
export const testHosts = ['app.test', 'api.test', 'app.shop.test', 'api.shop.test']
