import type { Exchange } from './exchange.js'

/** Documents by path. */
export type Pages = Record<string, Page>

export interface Page {
  /** The `Content-Type`. */
  type: string
  body: string | Uint8Array
}

export function pageRoutes(pages: Pages): [string, (exchange: Exchange) => void][] {
  return Object.entries(pages).map(([path, page]) => [
    path,
    ({ response }) => {
      response.writeHead(200, { 'Content-Type': page.type }).end(page.body)
    },
  ])
}
