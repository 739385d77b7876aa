/** How every options object of these packages is read: once, copied, checked, with the path of what is wrong. */

/** Bounds of a numeric option. */
export interface NumberBounds {
  readonly default: number
  readonly min: number
  readonly max: number
}

/**
 * One group of options. A misspelt option must not pass silently, least of all a security option, so a key nobody
 * reads is a `TypeError` that names its path, and so is a value of the wrong type or out of range.
 */
export class OptionGroup {
  readonly #path: string
  readonly #values: Readonly<Record<string, unknown>>

  /**
   * @param path - where the group stands, such as `transport`; empty for the outermost.
   * @param group - the caller's object, read once and never mutated; `undefined` is an empty group. Its options must be its
   *   own: those of a promise, a map or any other object that inherits what it has would be overlooked.
   * @param known - the keys this group has.
   */
  constructor(path: string, group: unknown, known: readonly string[]) {
    this.#path = path
    this.#values = group === undefined ? NONE : readOwn(path === '' ? 'options' : path, group)
    for (const name of Object.keys(this.#values)) {
      if (!known.includes(name)) throw this.error(name, `unknown option; known here: ${known.join(', ')}`)
    }
  }

  /** The full path of an option. */
  path(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`
  }

  /** Whether the option was given. */
  has(name: string): boolean {
    return this.#values[name] !== undefined
  }

  /** The option as it stands, for groups and seams with checks of their own. */
  raw(name: string): unknown {
    return this.#values[name]
  }

  /** A finite number within its bounds. */
  number(name: string, bounds: NumberBounds): number {
    const value = this.#values[name]
    if (value === undefined) return bounds.default
    if (typeof value !== 'number' || !(value >= bounds.min && value <= bounds.max)) {
      throw this.error(name, `must be a number from ${bounds.min} to ${bounds.max}`)
    }
    return value
  }

  /** An integer within its bounds. */
  integer(name: string, bounds: NumberBounds): number {
    const value = this.number(name, bounds)
    if (!Number.isInteger(value)) throw this.error(name, 'must be an integer')
    return value
  }

  /** `true` or `false`. */
  boolean(name: string, fallback: boolean): boolean {
    const value = this.#values[name]
    if (value === undefined) return fallback
    if (typeof value !== 'boolean') throw this.error(name, 'must be true or false')
    return value
  }

  /** A string that is not empty, or `undefined`. */
  string(name: string): string | undefined {
    const value = this.#values[name]
    if (value === undefined) return undefined
    if (typeof value !== 'string' || value === '') throw this.error(name, 'must be a non-empty string')
    return value
  }

  /** One of a few words. */
  oneOf<Word extends string>(name: string, words: readonly Word[], fallback: Word): Word {
    const value = this.#values[name]
    if (value === undefined) return fallback
    if (!words.includes(value as Word)) throw this.error(name, `must be one of ${words.join(', ')}`)
    return value as Word
  }

  /** A function, or `undefined`. */
  function<Type>(name: string): Type | undefined {
    const value = this.#values[name]
    if (value !== undefined && typeof value !== 'function') throw this.error(name, 'must be a function')
    return value as Type | undefined
  }

  /** An object with the methods of a seam, or `undefined`. The instance itself, not a copy. */
  seam<Type>(name: string, ...methods: string[]): Type | undefined {
    const value = this.#values[name]
    if (value === undefined) return undefined
    const missing = methods.filter(
      (method) => typeof (value as Record<string, unknown> | null)?.[method] !== 'function',
    )
    if (missing.length > 0) throw this.error(name, `must have ${missing.map((method) => `${method}()`).join(', ')}`)
    return value as Type
  }

  /** A list of strings that are not empty; `undefined` when the option was not given. */
  strings(name: string): readonly string[] | undefined {
    const value = this.#values[name]
    if (value === undefined) return undefined
    // A copy, whose holes are `undefined`: `some` would pass them over.
    const strings: unknown[] = Array.isArray(value) ? [...(value as unknown[])] : ['']
    if (strings.some((element) => typeof element !== 'string' || element === '')) {
      throw this.error(name, 'must be an array of non-empty strings')
    }
    return Object.freeze(strings as string[])
  }

  /** What to throw for an option; the value never appears, because it may be a secret. */
  error(name: string, complaint: string): TypeError {
    return new TypeError(`${this.path(name)}: ${complaint}`)
  }
}

/**
 * A copy of options that are read elsewhere, for spreading: a spread would lose what a promise or a map was to say.
 *
 * @param path - where they stand, for messages.
 * @throws TypeError when they are no plain object.
 */
export function copyOptions<Options extends object>(path: string, options: Options | undefined): Options {
  return { ...(options === undefined ? NONE : readOwn(path, options)) } as Options
}

/**
 * Refuses names nobody reads in the options of a call, and options that are no plain object. It makes nothing, because calls
 * are many; the values are for the caller to check.
 *
 * @param path - what messages say before the name; empty where the options stand by themselves.
 * @throws TypeError naming the option.
 */
export function checkOptionNames(path: string, options: object, known: readonly string[]): void {
  const above: unknown = typeof options === 'object' && options !== null ? Object.getPrototypeOf(options) : undefined
  if (above === Object.prototype || above === null) {
    let isKnown = true
    // Names that are inherited count, too.
    // oxlint-disable-next-line guard-for-in
    for (const name in options) isKnown &&= known.includes(name)
    if (isKnown) return
  }
  void new OptionGroup(path, options, known)
}

const NONE: Readonly<Record<string, unknown>> = Object.freeze({})

/** What an object has itself, hidden names included. What it inherits cannot be meant, and must not be lost unnoticed. */
function readOwn(path: string, group: unknown): Readonly<Record<string, unknown>> {
  if (typeof group !== 'object' || group === null || Array.isArray(group)) {
    throw new TypeError(`${path}: must be an object`)
  }
  const inherited = inheritedName(group)
  if (inherited !== undefined) {
    const remedy = inherited === 'then' ? '; await the promise first' : ''
    throw new TypeError(`${path}: must be a plain object, and this one inherits ${inherited}${remedy}`)
  }
  const values = Object.create(null) as Record<string, unknown>
  for (const name of Object.getOwnPropertyNames(group)) values[name] = (group as Record<string, unknown>)[name]
  return values
}

/** A name that an object has from its class, such as `get` of a map; `undefined` for plain objects and classes of fields. */
function inheritedName(group: object): string | undefined {
  let above: unknown = Object.getPrototypeOf(group)
  while (typeof above === 'object' && above !== null && !Object.hasOwn(above, 'isPrototypeOf')) {
    const name = Object.getOwnPropertyNames(above)
      .toSorted()
      .findLast((other) => other !== 'constructor')
    if (name !== undefined) return name
    above = Object.getPrototypeOf(above)
  }
  return undefined
}
