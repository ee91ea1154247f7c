export * from '@session-fetch/browser/explain-cors'
