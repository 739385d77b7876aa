/** Reads an options object: once, copied and checked. Errors name the path of the wrong option. */
import { sayKind } from './say-kind.ts'
import { sayUnknown, suggest } from './say-unknown.ts'

/** Limits of a numeric option. */
export interface NumberBounds {
  readonly default: number
  readonly min: number
  readonly max: number
}

/**
 * One group of options. A misspelt option must not pass silently, least of all a security option. So an unknown name, a
 * wrong type or a value out of range is a `TypeError` that names the path of the option.
 */
export class OptionGroup {
  readonly #path: string
  readonly #values: Readonly<Record<string, unknown>>

  /**
   * @param path - where the group belongs, such as `transport`; empty for the outermost group.
   * @param group - the caller's object. It is read once and never changed; `undefined` is an empty group. Its options
   * must be own properties: options that a promise, a map or another object inherits would be missed, so such an object
   * is refused.
   * @param known - the option names of this group.
   */
  constructor(path: string, group: unknown, known: readonly string[]) {
    this.#path = path
    this.#values = group === undefined ? NONE : readOwn(path === '' ? 'options' : path, group)
    for (const name of Object.keys(this.#values)) {
      if (!known.includes(name)) throw this.error(name, sayUnknown(name, known))
    }
  }

  /** The full path of an option. */
  path(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`
  }

  /** Whether the caller gave the option. */
  has(name: string): boolean {
    return this.#values[name] !== undefined
  }

  /** The option unchanged, for groups and seams with checks of their own. */
  raw(name: string): unknown {
    return this.#values[name]
  }

  /** A finite number within its limits. */
  number(name: string, bounds: NumberBounds): number {
    const value = this.#values[name]
    if (value === undefined) return bounds.default
    if (typeof value !== 'number' || !(value >= bounds.min && value <= bounds.max)) {
      const given = typeof value === 'number' ? value : sayKind(value)
      throw this.error(name, `must be a number from ${bounds.min} to ${bounds.max}, not ${given}`)
    }
    return value
  }

  /** An integer within its limits. */
  integer(name: string, bounds: NumberBounds): number {
    const value = this.number(name, bounds)
    if (!Number.isInteger(value)) throw this.error(name, `must be an integer, not ${value}`)
    return value
  }

  /** `true` or `false`. */
  boolean(name: string, fallback: boolean): boolean {
    const value = this.#values[name]
    if (value === undefined) return fallback
    if (typeof value !== 'boolean') throw this.error(name, `must be true or false, not ${sayKind(value)}`)
    return value
  }

  /** A non-empty string, or `undefined`. */
  string(name: string): string | undefined {
    const value = this.#values[name]
    if (value === undefined) return undefined
    if (typeof value !== 'string' || value === '') {
      const remedy = value instanceof URL ? '; give its href' : ''
      throw this.error(name, `must be a non-empty string, not ${sayKind(value)}${remedy}`)
    }
    return value
  }

  /** One of a few fixed words. */
  oneOf<Word extends string>(name: string, words: readonly Word[], fallback: Word): Word {
    const value = this.#values[name]
    if (value === undefined) return fallback
    if (!words.includes(value as Word)) {
      const further = typeof value === 'string' ? suggest(value, words) : `, not ${sayKind(value)}`
      throw this.error(name, `must be one of ${words.join(', ')}${further}`)
    }
    return value as Word
  }

  /** A function, or `undefined`. */
  function<Type>(name: string): Type | undefined {
    const value = this.#values[name]
    if (value !== undefined && typeof value !== 'function') {
      throw this.error(name, `must be a function, not ${sayKind(value)}`)
    }
    return value as Type | undefined
  }

  /** An object with the methods of a seam, or `undefined`. It is the caller's instance itself, not a copy. */
  seam<Type>(name: string, ...methods: string[]): Type | undefined {
    const value = this.#values[name]
    if (value === undefined) return undefined
    const missing = methods.filter(
      (method) => typeof (value as Record<string, unknown> | null)?.[method] !== 'function',
    )
    if (missing.length > 0) {
      throw this.error(name, `must be an object with ${listMethods(methods)}${describeLack(value, missing)}`)
    }
    return value as Type
  }

  /** A list of non-empty strings; `undefined` when the caller did not give the option. */
  strings(name: string): readonly string[] | undefined {
    const value = this.#values[name]
    if (value === undefined) return undefined
    // Copied first, because `some` skips the holes of an array and a copy has `undefined` there.
    const strings: unknown[] = Array.isArray(value) ? [...(value as unknown[])] : ['']
    const wrong = strings.findIndex((element) => typeof element !== 'string' || element === '')
    if (wrong !== -1) {
      const given = Array.isArray(value) ? `; [${wrong}] is ${sayKind(strings[wrong])}` : `, not ${sayKind(value)}`
      throw this.error(name, `must be an array of non-empty strings${given}`)
    }
    return Object.freeze(strings as string[])
  }

  /**
   * Refuses two options of which only one may be given, when both are given or none.
   *
   * @throws TypeError that names the first.
   */
  requireOneOf(one: string, other: string): void {
    if (this.has(one) !== this.has(other)) return
    const found = this.has(one) ? 'both are given' : 'neither is given'
    throw this.error(one, `give either ${one} or ${other}; ${found}`)
  }

  /** The error to throw for an option. It never holds the value, because the value may be a secret. */
  error(name: string, complaint: string): TypeError {
    return new TypeError(`${this.path(name)}: ${complaint}`)
  }
}

/**
 * Copies options for spreading, when other code reads them. A spread alone would silently lose the options in a promise
 * or a map.
 *
 * @param path - the path of the options, for messages.
 * @throws TypeError when they are not a plain object.
 */
export function copyOptions<Options extends object>(path: string, options: Options | undefined): Options {
  return { ...(options === undefined ? NONE : readOwn(path, options)) } as Options
}

/**
 * Refuses unknown names in the options of a call, and options that are not a plain object. It allocates nothing for
 * correct options, because calls are frequent. The caller checks the values.
 *
 * @param path - the text that messages put before the name; empty for options without a group.
 * @throws TypeError that names the option.
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

function listMethods(names: readonly string[]): string {
  return names.map((name) => `${name}()`).join(', ')
}

function describeLack(value: unknown, missing: readonly string[]): string {
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function'
  if (!isObject) return `, not ${sayKind(value)}`
  if (typeof (value as { then?: unknown }).then === 'function') return '; await the promise first'
  return `; this one has no ${listMethods(missing)}`
}

/**
 * The own properties of an object, also non-enumerable ones. Inherited properties are refused, so that none is silently
 * lost.
 */
function readOwn(path: string, group: unknown): Readonly<Record<string, unknown>> {
  if (typeof group !== 'object' || group === null || Array.isArray(group)) {
    const remedy = group === true ? '; {} takes the defaults' : ''
    throw new TypeError(`${path}: must be an object, not ${sayKind(group)}${remedy}`)
  }
  const inherited = inheritedName(group)
  if (inherited !== undefined) {
    const remedy = inherited === 'then' ? '; await the promise first' : ''
    throw new TypeError(`${path}: must be a plain object, but it inherits ${inherited}${remedy}`)
  }
  const values = Object.create(null) as Record<string, unknown>
  for (const name of Object.getOwnPropertyNames(group)) values[name] = (group as Record<string, unknown>)[name]
  return values
}

/**
 * A name that an object inherits from its class, such as `get` of a map. `undefined` for plain objects and for classes
 * that have only fields.
 */
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
