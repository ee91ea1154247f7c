export * from '@session-fetch/node/netrc'
