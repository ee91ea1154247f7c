export { type Link, links } from '@session-fetch/core/links'
