/** Random text for the secrets and tags of logs. */
import { base64url } from '#crypto'

/** The octets of a tag: so many that no two events of any log have the same one. */
const TAG_OCTETS = 12

/** How many tags are drawn at a time. One call for each of them takes ten times as long. */
const TAGS_AT_ONCE = 64

let drawn: Uint8Array | undefined
let used = 0

/** Random octets in base64url. */
export function randomText(octets: number): string {
  return base64url(crypto.getRandomValues(new Uint8Array(octets)))
}

/** A new tag. Security: it is unique, but it stays in memory for a while before its use, so it is no secret. */
export function randomTag(): string {
  if (drawn === undefined || used === drawn.length) {
    drawn = crypto.getRandomValues(new Uint8Array(TAGS_AT_ONCE * TAG_OCTETS))
    used = 0
  }
  return base64url(drawn.subarray(used, (used += TAG_OCTETS)))
}
