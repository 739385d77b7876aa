/** Describes a fault in a received message, for the operator who receives it and never for the sender. */

/** A rule that failed. Values of the sender are quoted and shortened. None is a secret, a token or an assertion. */
export interface Complaint {
  /** The rule that failed: the claim, header parameter, form parameter or option, such as `aud`. */
  readonly rule: string
  /** The value the sender sent. */
  readonly got: string
  /** The value the rule expects. */
  readonly expected: string
  /** Who has to change something, and what. */
  readonly remedy: string
}

/** How many characters of a foreign value a message quotes. */
const MAX_QUOTED = 200

/**
 * Quotes a value of a sender as JSON in printable ASCII, shortened to 200 characters. It can neither break a line of a
 * log nor change what a terminal shows.
 */
export function quote(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value).replace(/[^\x20-\x7e]/g, toEscape)
  return text.length <= MAX_QUOTED ? text : `${text.slice(0, MAX_QUOTED)}... (${text.length} characters)`
}

function toEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/**
 * Writes a complaint in one line.
 *
 * @param subject - the message that breaks the rule, such as `client assertion`.
 */
export function describeComplaint(subject: string, { rule, got, expected, remedy }: Complaint): string {
  return `${subject}: ${rule}: got ${got}, expected ${expected}. ${remedy}`
}
