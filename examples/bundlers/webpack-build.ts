import { basename, join } from 'node:path'
import webpack from 'webpack'
import type { Configuration } from 'webpack'

/** The options of a webpack build. */
export interface WebpackBuild {
  entry: string
  target: string | string[]
  /** Where the bundle is written, under the entry's name. */
  folder: string
  /** Export conditions; `...` means those of the target. Default: the target's. */
  conditions?: string[]
  /** The fields of package.json to look at where there are no exports. Default: the target's. */
  mainFields?: string[]
}

/** Bundles one entry into one file, and gives its path. */
export async function webpackBuild(build: WebpackBuild): Promise<string> {
  const isServer = String(build.target).startsWith('node')
  const filename = `${basename(build.entry, '.js')}${isServer ? '.cjs' : '.js'}`
  await run({
    mode: 'production',
    entry: build.entry,
    target: build.target,
    optimization: { minimize: false },
    output: { path: build.folder, filename, ...(isServer ? {} : { module: true }) },
    experiments: isServer ? {} : { outputModule: true },
    resolve: resolution(build),
  })
  return join(build.folder, filename)
}

function resolution({ conditions, mainFields }: WebpackBuild): NonNullable<Configuration['resolve']> {
  return {
    ...(conditions === undefined ? {} : { conditionNames: conditions }),
    ...(mainFields === undefined ? {} : { mainFields }),
  }
}

function run(configuration: Configuration): Promise<void> {
  return new Promise((resolve, reject) => {
    webpack(configuration, (error, stats) => {
      if (error) reject(error)
      else if (stats === undefined || stats.hasErrors()) reject(new Error(stats?.toString('errors-only')))
      else resolve()
    })
  })
}
