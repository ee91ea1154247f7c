export * from '@session-fetch/node'
