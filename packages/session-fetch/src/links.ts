export * from '@session-fetch/core/links'
