/** What is wrong with something that was sent, in words for the operator who receives it and never for the sender. */

/** A rule that failed. Values of the sender are quoted and shortened; none is a secret, a token or an assertion. */
export interface Complaint {
  /** The rule that failed: the claim, header parameter, form parameter or option it is about, such as `aud`. */
  readonly rule: string
  /** What the sender has or sent. */
  readonly got: string
  /** What the rule asks for. */
  readonly expected: string
  /** Whose side it is on, and what to do. */
  readonly remedy: string
}

/** Characters of a foreign value that go into a message. */
const MAX_QUOTED = 200

/**
 * A value that came from a sender, as JSON in printable ASCII and cut after 200 characters: nothing in it can break a line of
 * a log, or change how a terminal shows it.
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
 * A complaint as one line.
 *
 * @param subject - what breaks the rule, such as `client assertion`.
 */
export function describeComplaint(subject: string, { rule, got, expected, remedy }: Complaint): string {
  return `${subject}: ${rule}: got ${got}, expected ${expected}. ${remedy}`
}
