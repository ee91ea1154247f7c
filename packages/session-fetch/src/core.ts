export * from '@session-fetch/core'
