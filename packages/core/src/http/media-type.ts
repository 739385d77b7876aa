/** Media types and `Accept` (RFC 9110 §8.3, §12.5.1). */

const MEDIA_TYPE = /^[ \t]*([A-Za-z0-9!#$%&'*+\-.^_`|~]+\/[A-Za-z0-9!#$%&'*+\-.^_`|~]+)[ \t]*(?:;|$)/
/** A quoted-string. Without its closing quote it runs to the end. */
const QUOTED_STRING = /"(?:[^"\\]+|\\[^])*"?/g
/** A weight. It may lack its first digit, because JDK 8 to 18 send such weights by default. */
const WEIGHT = /;[ \t]*q=(0(?:\.\d{0,3})?|\.\d{1,3}|1(?:\.0{0,3})?)[ \t]*(?:;|$)/i
/** The range for everything, as JDK 8 to 18 also write it. */
const LONE_ASTERISK = /^[ \t]*\*[ \t]*(?:;|$)/

/** `application/json` (RFC 8259 §11). */
export const JSON_MEDIA_TYPE = 'application/json'
/** `application/x-www-form-urlencoded` (RFC 7662 §2.1). */
export const FORM_MEDIA_TYPE = 'application/x-www-form-urlencoded'
/** `application/token-introspection+jwt` (RFC 9701 §4, §5). */
export const JWT_INTROSPECTION_MEDIA_TYPE = 'application/token-introspection+jwt'

/** `text/event-stream` (HTML, server-sent events). */
export const EVENT_STREAM_MEDIA_TYPE = 'text/event-stream'

/**
 * The type and subtype of a `Content-Type` value, in lower case and without parameters. `undefined` when the field is
 * absent or breaks the grammar (RFC 9110 §8.3.1).
 */
export function parseMediaType(field: string | null | undefined): string | undefined {
  if (field === null || field === undefined) return undefined
  if (field === JSON_MEDIA_TYPE || field === FORM_MEDIA_TYPE) return field
  return MEDIA_TYPE.exec(field)?.[1]?.toLowerCase()
}

/**
 * Chooses from `offered` the media type that an `Accept` field prefers. The most specific range decides the weight of a
 * type, `q=0` excludes a type, and a missing or empty field accepts everything (RFC 9110 §12.5.1). Among equal weights
 * the first of `offered` wins. A field that only excludes types accepts the other types, a choice that §12.5.1 leaves
 * open. A lone `*` accepts everything, and `q=.2` is read as `q=0.2`.
 *
 * @param accept - the field; several fields joined by a comma.
 * @param offered - media types in lower case, the preferred one first.
 * @returns the chosen type, or `undefined` when none is acceptable (406).
 */
export function chooseMediaType<Offered extends string>(
  accept: string | null | undefined,
  offered: readonly Offered[],
): Offered | undefined {
  if (accept === null || accept === undefined || accept.trim() === '') return offered[0]
  // The most common fields, answered without parsing.
  if (accept === '*/*' || accept === offered[0]) return offered[0]
  const ranges = parseRanges(accept)
  const onlyExcludes = ranges.every((range) => range.weight === 0)
  let best: Offered | undefined
  let bestWeight = 0
  for (const candidate of offered) {
    const weight = weightOf(candidate, ranges) ?? (onlyExcludes ? 1 : 0)
    if (weight > bestWeight) {
      best = candidate
      bestWeight = weight
    }
  }
  return best
}

interface MediaRange {
  readonly range: string
  readonly weight: number
}

function parseRanges(accept: string): MediaRange[] {
  // A comma or `;q=` inside a quoted value does not separate. No quoted value matters here, so all are removed.
  const unquoted = accept.includes('"') ? accept.replace(QUOTED_STRING, '""') : accept
  const elements = unquoted.split(',').filter((element) => element.trim() !== '')
  return elements.map(parseRange)
}

function parseRange(element: string): MediaRange {
  const range = LONE_ASTERISK.test(element) ? '*/*' : (parseMediaType(element) ?? '')
  if (!/;[ \t]*q=/i.test(element)) return { range, weight: 1 }
  const weight = WEIGHT.exec(element)?.[1]
  // An element with a broken weight is ignored as a whole: it neither accepts nor excludes a type.
  return weight === undefined ? { range: '', weight: 1 } : { range, weight: Number(weight) }
}

/** The weight from the most specific matching range; `undefined` when no range matches. */
function weightOf(mediaType: string, ranges: readonly MediaRange[]): number | undefined {
  const type = mediaType.slice(0, mediaType.indexOf('/'))
  for (const wanted of [mediaType, `${type}/*`, '*/*']) {
    let best: number | undefined
    for (const { range, weight } of ranges) {
      if (range === wanted && (best === undefined || weight > best)) best = weight
    }
    if (best !== undefined) return best
  }
  return undefined
}
