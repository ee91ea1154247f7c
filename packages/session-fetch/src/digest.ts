export * from '@session-fetch/core/digest'
