export * from '@session-fetch/core/csrf'
