import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  resolve: {
    alias: {
      '@session-fetch/cookies/adapter': at('packages/cookies/src/adapter.ts'),
      '@session-fetch/cookies': at('packages/cookies/src/index.ts'),
      '@session-fetch/core/adapter': at('packages/core/src/adapter.ts'),
      '@session-fetch/core/csrf': at('packages/core/src/csrf.ts'),
      '@session-fetch/core/links': at('packages/core/src/links.ts'),
      '@session-fetch/core/digest': at('packages/core/src/digest.ts'),
      '@session-fetch/core': at('packages/core/src/index.ts'),
      '@session-fetch/node/netrc': at('packages/node/src/netrc.ts'),
      '@session-fetch/node': at('packages/node/src/index.ts'),
      '@session-fetch/portable': at('packages/portable/src/index.ts'),
      '@session-fetch/browser/document-cookies': at('packages/browser/src/document-cookies.ts'),
      '@session-fetch/browser/explain-cors': at('packages/browser/src/explain-cors.ts'),
      '@session-fetch/browser/xhr': at('packages/browser/src/xhr.ts'),
      '@session-fetch/browser': at('packages/browser/src/index.ts'),
      'session-fetch/portable': at('packages/session-fetch/src/portable.ts'),
      'session-fetch/netrc': at('packages/session-fetch/src/netrc.ts'),
      'session-fetch/csrf': at('packages/session-fetch/src/csrf.ts'),
      'session-fetch/links': at('packages/session-fetch/src/links.ts'),
      'session-fetch/digest': at('packages/session-fetch/src/digest.ts'),
      'session-fetch': at('packages/session-fetch/src/node.ts'),
    },
  },
  test: {
    // One module graph for each worker, not for each file: loading it anew took longer than the tests. So a test
    // puts back whatever it changes. A worker more than the cores: tests wait for sockets as often as for them.
    isolate: false,
    setupFiles: [at('test-support/src/platform-fetch.ts')],
    maxWorkers: availableParallelism() + 1,
    // A busy machine is slow: only what hangs is to fail for the time it takes.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    // What a developer's machine says of proxies is not for tests that talk to loopback.
    env: { NO_PROXY: '*', no_proxy: '*' },
    coverage: {
      include: ['packages/*/src/**/*.ts'],
      exclude: ['**/*.test.ts', '**/*.d.ts'],
      reporter: ['text-summary'],
    },
    include: [
      'packages/*/src/**/*.test.ts',
      'packages/*/test/**/*.test.ts',
      'examples/**/*.test.ts',
      'test-support/src/**/*.test.ts',
      'scripts/**/*.test.ts',
      'site/*.test.ts',
    ],
  },
})
