const runtimes = new URL('../../../../scripts/runtimes/install.mjs', import.meta.url)
const { installRuntimes, programOf } = (await import(runtimes.href)) as {
  // plain JavaScript
  installRuntimes: (names: readonly string[]) => void
  programOf: (name: string) => string
}

/** The newer versions of Node, installed from npm. */
export const NODES = ['node 22', 'node 24', 'node 26'] as const

/** The programs of these versions, installed if need be. */
export function installed(): (node: (typeof NODES)[number]) => string {
  installRuntimes(NODES)
  return programOf
}
