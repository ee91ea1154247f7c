export * from '@session-fetch/browser/xhr'
