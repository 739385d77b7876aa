/** Random text for the tags and secrets of logs. */
import { base64url } from '#crypto'

/** The octets of a tag: so many that no two events of any log have the same one. */
const TAG_OCTETS = 12

/** Random octets in base64url. */
export function randomText(octets = TAG_OCTETS): string {
  return base64url(crypto.getRandomValues(new Uint8Array(octets)))
}
