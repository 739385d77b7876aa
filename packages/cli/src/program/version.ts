/** The version of this package. */
import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'

/** As in the `package.json` that lies above this file, in the sources and when built. */
export const VERSION: string = readVersion()

function readVersion(): string {
  const path = findPackageJSON(import.meta.url)
  if (path === undefined) throw new Error('this package has no package.json')
  return (JSON.parse(readFileSync(path, 'utf8')) as { readonly version: string }).version
}
