import { defineConfig } from '@playwright/test'
import type { EngineName } from './src/engines/engine.js'

/** The default build for pages, whose difference is one of checks and not of engines. */
const defaultBuild = 'contract-default.spec.ts'
/** What a person does, by Playwright's `page`; `webkit.spec.ts` does the same by WebDriver. */
const byPage = ['app.spec.ts', 'log-in.spec.ts']

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
    { name: 'chromium', use: { engineName: 'chromium' }, testIgnore: 'webkit.spec.ts' },
    {
      name: 'firefox',
      use: { engineName: 'firefox' },
      // The cookies that Playwright reports for Firefox are not those that are sent.
      testIgnore: ['webkit.spec.ts', 'storage-state-chromium.spec.ts', defaultBuild],
    },
    // A storage state is Playwright's.
    {
      name: 'webkit',
      use: { engineName: 'webkit' },
      testIgnore: [...byPage, 'storage-state*.spec.ts', defaultBuild],
    },
  ],
})
