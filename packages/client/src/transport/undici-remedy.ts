/** What to do when undici cannot be loaded. */

/** The oldest Node that the packages support, as in their manifests. */
const OLDEST = [22, 19] as const

/** @param version - the version of Node that runs, such as `24.21.0`. */
export function undiciRemedy(version: string): string {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    return `this is Node ${version}, and the client needs Node ${OLDEST.join('.')} or newer; or pass transport.fetch`
  }
  // Bundles of ES modules have no `require`, which undici needs. See the guide on runtimes.
  return (
    'mark undici as external, or give the bundle a require: with esbuild, --banner:js="import { createRequire } from ' +
    "'node:module'; const require = createRequire(import.meta.url)\"; or pass transport.fetch"
  )
}
