import { defineConfig } from '@playwright/test'
import type { EngineName } from './src/engines/engine.js'

export default defineConfig<object, { engineName: EngineName }>({
  testDir: 'tests',
  fullyParallel: true,
  workers: 2,
  // A busy machine is slow: only what hangs is to fail for the time it takes.
  timeout: 90_000,
  expect: { timeout: 60_000 },
  forbidOnly: process.env['CI'] !== undefined,
  reporter: [['list']],
  projects: [
    { name: 'chromium', use: { engineName: 'chromium' } },
    // What Playwright writes of Firefox's cookies is not what goes over the wire.
    { name: 'firefox', use: { engineName: 'firefox' }, testIgnore: 'storage-state-chromium.spec.ts' },
    // A storage state is Playwright's.
    { name: 'webkit', use: { engineName: 'webkit' }, testIgnore: 'storage-state*.spec.ts' },
  ],
})
