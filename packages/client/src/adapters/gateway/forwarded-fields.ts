/** The identity fields that a gateway forwards to the API behind it. */
import type { ActiveIntrospectionResult, GuardRequest } from '../../index.ts'
import { encodeFieldValue } from './encode-field-value.ts'
import { isTakenField } from './taken-fields.ts'

/** A value of an identity field. A promise is none. */
export type ForwardedValue = string | number | boolean | (object & { readonly then?: never }) | null | undefined

/** One identity field. */
export interface ForwardRule {
  /** The name in lower case. */
  readonly name: string
  /** The name, and every other name that a server may take for it. */
  readonly spellings: readonly string[]
  readonly valueOf: (token: ActiveIntrospectionResult) => unknown
}

/** Each `-` of a name doubles its spellings. */
const MAX_HYPHENS = 6

const FIELD_NAME = /^[a-z0-9!#$&'*+\-.^`|~]+$/

/** Reads the option. @throws TypeError naming the field that is wrong. */
export function resolveForward(path: string, given: unknown): readonly ForwardRule[] {
  if (given === undefined) return Object.freeze([])
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new TypeError(`${path}: must be an object with the names of fields`)
  }
  const rules = Object.entries(given).map(([field, source]: [string, unknown]) => {
    const name = field.toLowerCase()
    const complain = (complaint: string) => new TypeError(`${path}.${field}: ${complaint}`)
    if (!FIELD_NAME.test(name)) throw complain('must be the name of a header field, with - in place of _')
    if (isTakenField(name)) throw complain('is a field with a meaning of its own; choose a name such as x-auth-subject')
    const spellings = spellingsOf(name)
    if (spellings.length > 2 ** MAX_HYPHENS) throw complain(`must have at most ${MAX_HYPHENS} of -`)
    if (typeof source === 'function') return { name, spellings, valueOf: source as ForwardRule['valueOf'] }
    if (typeof source !== 'string' || source === '') throw complain('must be the name of a member, or a function')
    const valueOf = (token: object) => (Object.hasOwn(token, source) ? token[source as never] : undefined)
    return { name, spellings, valueOf }
  })
  if (new Set(rules.map(({ name }) => name)).size !== rules.length) {
    throw new TypeError(`${path}: names a field twice, in different case`)
  }
  return Object.freeze(rules)
}

/** Many servers take `_` in a name for `-`, also if only one of several is written so. */
function spellingsOf(name: string): readonly string[] {
  const [first = '', ...words] = name.split('-').slice(0, MAX_HYPHENS + 2)
  return words.reduce((starts, word) => starts.flatMap((start) => [`${start}-${word}`, `${start}_${word}`]), [first])
}

/** The name of an identity field that a request brings, in the spelling that was found; `undefined` when it brings none. */
export function findForged({ headers }: GuardRequest, rules: readonly ForwardRule[]): string | undefined {
  return rules.flatMap(({ spellings }) => spellings).find((name) => (headers.get(name) ?? '') !== '')
}

/**
 * The identity fields of a token, by lower-case name. Every field is there; one without a value is empty.
 *
 * @param token - `undefined` for a request that passes without a token.
 * @throws RangeError when the fields have more octets than `maxBytes`, or a value has a broken character.
 * @throws TypeError when a function returns a value that has no JSON.
 */
export function forwardedFields(
  token: ActiveIntrospectionResult | undefined,
  rules: readonly ForwardRule[],
  maxBytes: number,
): Readonly<Record<string, string>> {
  const fields: Record<string, string> = {}
  let bytes = 0
  for (const { name, valueOf } of rules) {
    const value = token === undefined ? '' : encodeFieldValue(name, textOf(name, valueOf(token)))
    bytes += name.length + value.length + ': \r\n'.length
    if (bytes > maxBytes) {
      throw new RangeError(`the identity fields have more than ${maxBytes} octets, with ${name}; see maxForwardedBytes`)
    }
    fields[name] = value
  }
  return fields
}

function textOf(name: string, value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value
  const text: unknown = value instanceof Promise ? undefined : JSON.stringify(value)
  if (typeof text !== 'string') throw new TypeError(`forward.${name}: must give a string, or a value that has JSON`)
  return text
}
