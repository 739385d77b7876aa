/** Which versions of Node the program runs on. This file must be one that an older Node can read. */

/** The oldest one, as `engines` of `package.json` says. */
const OLDEST = [22, 19] as const

/** Why the program does not run on a version of Node such as `20.11.1`, or `undefined` if it does. */
export function nodeComplaint(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return undefined
  return `token-introspection needs Node ${OLDEST.join('.')} or newer, and this is Node ${version}. Install a newer Node.`
}
