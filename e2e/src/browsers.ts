import { fileURLToPath } from 'node:url'
import type { Project } from '@playwright/test'
import { testHosts } from './hosts.js'

/** The browsers that every test runs in. Another engine is one more entry here. */
export const browsers: Project[] = [
  {
    name: 'chromium',
    use: {
      browserName: 'chromium',
      launchOptions: {
        executablePath: fileURLToPath(
          new URL('../bin/chromium-with-third-party-cookies.sh', import.meta.url),
        ),
        args: [
          '--disable-gpu',
          '--disable-quic',
          '--disable-background-networking',
          '--disable-component-update',
          `--host-resolver-rules=${testHosts.map((host) => `MAP ${host} 127.0.0.1`).join(',')}`,
        ],
      },
    },
  },
]
