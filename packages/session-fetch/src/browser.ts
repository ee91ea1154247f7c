export * from '@session-fetch/browser'
