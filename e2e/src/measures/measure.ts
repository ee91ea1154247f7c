import type { Sites } from '../sites.js'
import type { Tab } from '../tab.js'

/** One thing that engines do differently, or might: a row of the table in `docs/browsers.md`. */
export interface Measure {
  /** The row's first cell. */
  readonly title: string
  /** Whether it is measured with the browser's default settings, instead of with third-party cookies allowed. */
  readonly asItComes?: true
  /** What this engine does, in the words of the table. */
  run(tab: Tab, sites: Sites): Promise<string>
}

export const yesOrNo = (answer: boolean): string => (answer ? 'yes' : 'no')

/** Opens a page of site A over https: where most is measured. */
export async function openPage(tab: Tab, sites: Sites): Promise<{ a: string; b: string }> {
  const [a, b] = [sites.https.home.at('app.test'), sites.https.away.at('api.test')]
  await tab.goto(`${a}library`)
  return { a, b }
}
