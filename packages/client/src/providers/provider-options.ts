/** Reads the options of presets: host names, addresses, and parts of a path. */
import { OptionGroup } from '@token-introspection/core/options'

const HOST = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/i
/** An address that the URL parser does not change, without credentials, query and fragment. */
const ADDRESS = /^https?:\/\/[^/?#@\\\s\x00-\x1f\x7f]+(?:\/[^?#\\\s\x00-\x1f\x7f]*)?$/i

/** The options of one preset. Errors name them like `okta.domain`. */
export class ProviderOptions extends OptionGroup {
  /** A host name, without scheme, port and path. */
  host(name: string): string {
    const value = this.required(name)
    if (!HOST.test(value)) throw this.error(name, 'must be a host name')
    return value.toLowerCase()
  }

  /** An address to which paths are appended, without a slash at its end. */
  address(name: string): string {
    const value = this.identifier(name)
    return value.endsWith('/') ? value.slice(0, -1) : value
  }

  /** An exact issuer identifier. */
  identifier(name: string): string {
    const value = this.required(name)
    if (!ADDRESS.test(value) || !URL.canParse(value)) throw this.error(name, 'must be a URL without query and fragment')
    return value
  }

  /** One part of a path, encoded. */
  segment(name: string): string {
    return this.#encode(name, this.required(name))
  }

  /** One part of a path, encoded; empty when the option is not given. */
  optionalSegment(name: string): string {
    return this.has(name) ? this.segment(name) : ''
  }

  /** Parts of a path, joined by slashes, with a slash before the first. */
  segments(name: string): readonly string[] {
    const path = this.required(name)
    if (path === '/') return []
    return path
      .replace(/^\//, '')
      .split('/')
      .map((part) => this.#encode(name, part))
  }

  /** A required string. */
  required(name: string): string {
    const value = this.string(name)
    if (value === undefined) throw this.error(name, 'is required')
    return value
  }

  #encode(name: string, part: string): string {
    // The URL parser would read these as steps between folders.
    if (part === '' || part === '.' || part === '..' || /[/\\]/.test(part) || !part.isWellFormed()) {
      throw this.error(name, 'must be one part of a path, and not . or ..')
    }
    return encodeURIComponent(part)
  }
}

/** Freezes a preset and everything in it. */
export function freezeProvider<Value extends object>(provider: Value): Value {
  for (const member of Object.values(provider) as unknown[]) {
    if (typeof member === 'object' && member !== null) freezeProvider(member)
  }
  return Object.freeze(provider)
}
