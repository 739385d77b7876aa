/** Builds and parses the `WWW-Authenticate` field (RFC 9110 §11.6.1). All quoting happens here. */

const TOKEN = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$/
/** Printable ASCII: the characters of a quoted-string once `"` and `\` are escaped, without tabs and obs-text. */
const QUOTABLE = /^[\x20-\x7e]*$/
/** The stricter rule of RFC 6750 §3 for its own parameters: no character that would need an escape. */
const UNESCAPED = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/
const NARROWER: ReadonlyMap<string, RegExp> = new Map([
  ['error', UNESCAPED],
  ['error_description', UNESCAPED],
  ['scope', UNESCAPED],
  ['error_uri', /^[\x21\x23-\x5b\x5d-\x7e]*$/],
])

/** The parameters of a challenge, in the order in which they are sent. An `undefined` parameter is left out. */
export interface ChallengeParameters {
  realm?: string | undefined
  error?: string | undefined
  error_description?: string | undefined
  error_uri?: string | undefined
  scope?: string | undefined
  resource_metadata?: string | undefined
  [name: string]: string | undefined
}

/** One challenge of a `WWW-Authenticate` field. */
export interface Challenge {
  /** The scheme, as it was sent. Compare it without case. */
  readonly scheme: string
  /** The token68, for schemes that carry one instead of parameters. */
  readonly token68?: string
  /** The parameters by lower-cased name. */
  readonly parameters: Readonly<Record<string, string>>
}

/**
 * Builds one challenge with every value as a quoted-string (RFC 9110 §11.2, §5.6.4), which every parameter of
 * RFC 6750, 9449, 9470 and 9728 allows.
 *
 * Security: a value that cannot be quoted safely is refused and never reaches the header. Such values hold control
 * characters, line breaks or non-ASCII characters; in the `error` parameters and `scope` also `"` or `\` (RFC 6750 §3).
 *
 * @throws TypeError that names the parameter, never its value. It is also thrown for a repeated name, compared without
 * case.
 */
export function buildChallenge(scheme: string, parameters: ChallengeParameters = {}): string {
  if (!TOKEN.test(scheme)) throw new TypeError('scheme: must be a token (RFC 9110 §11.1)')
  let challenge = scheme
  let separator = ' '
  const sent = new Set<string>()
  for (const name of Object.keys(parameters)) {
    const value = parameters[name]
    if (value === undefined) continue
    if (!TOKEN.test(name)) throw new TypeError('parameters: every name must be a token (RFC 9110 §11.2)')
    const key = name.toLowerCase()
    if (sent.has(key)) throw new TypeError(`${name}: appears twice (RFC 9110 §11.2)`)
    sent.add(key)
    if (!(NARROWER.get(key) ?? QUOTABLE).test(value))
      throw new TypeError(`${name}: has a character that a challenge cannot carry (RFC 9110 §5.6.4)`)
    challenge += `${separator}${name}="${value.replace(/["\\]/g, '\\$&')}"`
    separator = ', '
  }
  return challenge
}

/**
 * Parses a `WWW-Authenticate` field with any number of challenges. Returns `undefined` when the field breaks the
 * grammar or a challenge repeats a parameter (RFC 9110 §11.2, §11.6.1).
 */
export function parseChallenges(field: string): Challenge[] | undefined {
  const challenges: { scheme: string; token68?: string; parameters: Record<string, string> }[] = []
  const scanner = new ChallengeScanner(field)
  let parameterDue = false
  scanner.skipListSeparators()
  while (!scanner.done) {
    const name = scanner.token()
    if (name === undefined) return undefined
    const current = challenges.at(-1)
    const value = scanner.parameterValue()
    if (value !== undefined) {
      const key = name.toLowerCase()
      if (current === undefined || current.token68 !== undefined || Object.hasOwn(current.parameters, key))
        return undefined
      Object.defineProperty(current.parameters, key, { value, enumerable: true, writable: true, configurable: true })
      parameterDue = false
    } else if (parameterDue) {
      return undefined
    } else {
      const challenge: (typeof challenges)[number] = { scheme: name, parameters: {} }
      challenges.push(challenge)
      if (scanner.skipSpaces() > 0) {
        const token68 = scanner.token68()
        if (token68 !== undefined) challenge.token68 = token68
        else if (!scanner.done && scanner.peek() !== ',') {
          parameterDue = true
          continue
        }
      }
    }
    if (!scanner.done && !scanner.skipListSeparators()) return undefined
  }
  return challenges.length === 0 ? undefined : challenges
}

class ChallengeScanner {
  readonly #field: string
  #at = 0

  constructor(field: string) {
    this.#field = field
  }

  get done(): boolean {
    return this.#at >= this.#field.length
  }

  peek(): string {
    return this.#field.charAt(this.#at)
  }

  skipSpaces(): number {
    const start = this.#at
    while (this.peek() === ' ' || this.peek() === '\t') this.#at++
    return this.#at - start
  }

  /** Skips spaces and commas. Returns whether there was a comma. */
  skipListSeparators(): boolean {
    let comma = false
    this.skipSpaces()
    while (this.peek() === ',') {
      comma = true
      this.#at++
      this.skipSpaces()
    }
    return comma
  }

  token(): string | undefined {
    return this.#take(/[A-Za-z0-9!#$%&'*+\-.^_`|~]+/y)
  }

  /** Reads a token68 that ends the challenge. Anything else is left unread. */
  token68(): string | undefined {
    return this.#take(/[A-Za-z0-9\-._~+/]+=*(?=[ \t]*(?:,|$))/y)
  }

  /** Reads `= value` after a parameter name. Returns `undefined` and reads nothing when there is no `=` or no value. */
  parameterValue(): string | undefined {
    const start = this.#at
    this.skipSpaces()
    if (this.peek() === '=') {
      this.#at++
      this.skipSpaces()
      const value = this.peek() === '"' ? this.#quotedString() : this.token()
      if (value !== undefined) return value
    }
    this.#at = start
    return undefined
  }

  #quotedString(): string | undefined {
    this.#at++
    let value = ''
    // Piece by piece, because one pattern for the whole value would overflow the stack on a very long string.
    for (;;) {
      value += this.#take(/[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]+/y) ?? ''
      const char = this.peek()
      this.#at++
      if (char === '"') return value
      const escaped = char === '\\' ? this.#take(/[\t\x20-\x7e\x80-\xff]/y) : undefined
      if (escaped === undefined) return undefined
      value += escaped
    }
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#field)
    if (match === null) return undefined
    this.#at = pattern.lastIndex
    return match[0]
  }
}
