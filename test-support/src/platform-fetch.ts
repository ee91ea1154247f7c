import { beforeAll } from 'vitest'

/**
 * Loads Node's own fetch before a test file loads undici from the registry: the one that is loaded first sets the
 * dispatcher that both use, and tests compare with what Node's fetch does by itself.
 */
const loaded = fetch('data:,')

beforeAll(() => loaded)
