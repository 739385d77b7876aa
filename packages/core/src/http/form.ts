/** application/x-www-form-urlencoded, as RFC 6749 appendix B uses it. */
import { RequestInvalidError } from '../errors.ts'
import { checkOptionNames } from '../options/option-group.ts'

const UNRESERVED = /^[A-Za-z0-9\-._~]*$/

/** How many parameters {@link parseForm} reads by default. */
export const DEFAULT_MAX_FORM_PARAMETERS = 64

/**
 * Encodes one name or value. The unreserved characters `A-Z a-z 0-9 - . _ ~` stay unescaped, so that a server that
 * forgets to decode still reads most credentials.
 */
export function encodeFormComponent(value: string): string {
  if (UNRESERVED.test(value)) return value
  return encodeURIComponent(value.toWellFormed())
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
}

/** Decodes one name or value; `undefined` for a broken percent-escape or octets that are not UTF-8. */
export function decodeFormComponent(value: string): string | undefined {
  const spaced = value.includes('+') ? value.replaceAll('+', ' ') : value
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    return undefined
  }
}

/** Encodes parameters in the order given. */
export function encodeForm(parameters: Iterable<readonly [name: string, value: string]>): string {
  let form = ''
  for (const [name, value] of parameters) {
    form += `${form === '' ? '' : '&'}${encodeFormComponent(name)}=${encodeFormComponent(value)}`
  }
  return form
}

/** The parameters of a form. Names are compared with case (RFC 7662 §1.1). */
export class Form {
  /** A string for most names, and a list only for a repeated name. */
  readonly #values = new Map<string, string | string[]>()

  /** @param parameters - name and value pairs, already decoded. */
  constructor(parameters: Iterable<readonly [name: string, value: string]> = []) {
    for (const [name, value] of parameters) this.#add(name, value)
  }

  /** @internal Use {@link parseForm}. */
  static parse(body: string, maxParameters: number): Form {
    const form = new Form()
    let parameters = 0
    for (let start = 0; start < body.length; ) {
      let end = body.indexOf('&', start)
      if (end === -1) end = body.length
      if (end > start) {
        if (parameters++ === maxParameters) throw new RequestInvalidError('the form has too many parameters')
        const equals = body.indexOf('=', start)
        const hasValue = equals !== -1 && equals < end
        const name = decodeFormComponent(body.slice(start, hasValue ? equals : end))
        const value = hasValue ? decodeFormComponent(body.slice(equals + 1, end)) : ''
        if (name === undefined || value === undefined) {
          throw new RequestInvalidError('the form has a broken percent-escape or is not UTF-8')
        }
        form.#add(name, value)
      }
      start = end + 1
    }
    return form
  }

  #add(name: string, value: string): void {
    const values = this.#values.get(name)
    if (values === undefined) this.#values.set(name, value)
    else if (typeof values === 'string') this.#values.set(name, [values, value])
    else values.push(value)
  }

  /**
   * The value of a parameter that may appear at most once. An empty value counts as absent (RFC 6749 §3.2).
   *
   * @throws {@link RequestInvalidError} when the parameter is repeated.
   */
  get(name: string): string | undefined {
    const values = this.#values.get(name)
    if (values === undefined || values === '') return undefined
    if (typeof values !== 'string') throw new RequestInvalidError(`the parameter "${name}" is repeated`)
    return values
  }

  /** Every value of a parameter that may be repeated, such as `resource` (RFC 8707 §2). */
  getAll(name: string): readonly string[] {
    const values = this.#values.get(name) ?? []
    return typeof values === 'string' ? [values] : values
  }

  /** The names of all parameters, each once. */
  names(): IterableIterator<string> {
    return this.#values.keys()
  }
}

/**
 * Parses a form body.
 *
 * @param body - the decoded text of the body.
 * @param limits - `maxParameters` is 64 by default. Use `Infinity` only for bodies whose size is already limited.
 * @throws {@link RequestInvalidError} for a broken escape, octets that are not UTF-8, or too many parameters.
 */
export function parseForm(body: string, limits: { maxParameters?: number } = {}): Form {
  checkOptionNames('limits', limits, ['maxParameters'])
  const { maxParameters = DEFAULT_MAX_FORM_PARAMETERS } = limits
  if (!Number.isInteger(maxParameters) && maxParameters !== Number.POSITIVE_INFINITY) {
    throw new TypeError('limits.maxParameters: must be an integer, or Infinity for no limit')
  }
  return Form.parse(body, maxParameters)
}
