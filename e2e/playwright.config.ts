import { defineConfig } from '@playwright/test'
import { browsers } from './src/browsers.js'

export default defineConfig({
  testDir: 'tests',
  fullyParallel: true,
  workers: 2,
  forbidOnly: process.env['CI'] !== undefined,
  reporter: [['list']],
  projects: browsers,
})
