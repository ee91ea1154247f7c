export * from '@session-fetch/browser/document-cookies'
