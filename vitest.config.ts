import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

const conditions = ['source', 'node', 'module', 'development|production']

export default defineConfig({
  // our packages from their sources, as their `exports` name them
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // One module graph for each worker, not for each file: loading it anew took longer than the tests. So a test
    // puts back whatever it changes. A worker more than the cores: tests wait for sockets as often as for them.
    isolate: false,
    setupFiles: [at('test-support/src/platform-fetch.ts')],
    maxWorkers: availableParallelism() + 1,
    // A busy machine is slow: only what hangs is to fail for the time it takes.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 300_000,
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
