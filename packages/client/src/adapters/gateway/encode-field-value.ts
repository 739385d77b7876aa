/** Encodes a text for a header field. */

/** Everything but printable ASCII, and the `%` itself. */
const UNSAFE = /[^\x20-\x24\x26-\x7e]+/gu
/** A parser drops a space at an end of a field. */
const OUTER_SPACE = /^ | $/g

/**
 * Percent-encodes the characters that a field cannot hold, as UTF-8. `decodeURIComponent` gives the text back. No text can
 * end the field or begin another one.
 *
 * @throws RangeError for half of a surrogate pair: another text would look the same.
 */
export function encodeFieldValue(name: string, text: string): string {
  try {
    return text.replace(UNSAFE, encodeURIComponent).replace(OUTER_SPACE, '%20')
  } catch {
    throw new RangeError(`the value of ${name} has half of a surrogate pair`)
  }
}
