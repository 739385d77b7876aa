/** Finds clients of issuers by a function, and remembers them. */
import { elapsedMs, type IntrospectionError, messageOf, withoutData } from '@token-introspection/core'
import { isPromise, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { IssuerLookupError, IssuerSettingsError } from '../errors.ts'
import { ClientPlaces } from './client-places.ts'
import type { FoundIssuer } from './found-issuer.ts'
import type { DirectoryLimits, FindIssuer, IssuerSettings } from './found-issuers-options.ts'
import { RecentKeys } from './recent-keys.ts'

/** An issuer; an error when nobody knows; `undefined` when there is no such issuer. */
export type Lookup = FoundIssuer | IntrospectionError | undefined

/** The settings of a directory. */
export interface DirectorySettings {
  readonly find: FindIssuer
  /** Makes the client. It throws for wrong settings. */
  readonly create: (settings: IssuerSettings) => Pick<FoundIssuer, 'client' | 'parts'>
  readonly limits: DirectoryLimits
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number
}

/** Unknown issuers that are remembered. Their names have at most 512 characters. */
const MAX_UNKNOWN = 10_000
/** Failures that are remembered, and for how long. */
const MAX_FAILED = 1000
const FAILURE_MEMORY_MS = 2000
/** How many issuers without a client may be looked up at once. */
const MAX_FINDING = 64

/** A lookup under way. */
interface Finding {
  readonly atMs: number
  readonly abort: AbortController
  readonly result: Promise<Lookup>
}

/**
 * The clients of issuers. A name that the function does not know creates no client and displaces none. Calls about one name
 * share a lookup.
 */
export class IssuerDirectory {
  readonly #settings: DirectorySettings
  readonly #places: ClientPlaces
  readonly #unknown: RecentKeys<true>
  readonly #failed: RecentKeys<IntrospectionError>
  readonly #finding = new Map<string, Finding>()
  #isClosed = false
  #failures = 0

  constructor(settings: DirectorySettings) {
    const { limits, nowMs } = settings
    this.#settings = settings
    this.#places = new ClientPlaces(limits.maxClients)
    this.#unknown = new RecentKeys(MAX_UNKNOWN, limits.unknownMaxAgeMs, nowMs)
    this.#failed = new RecentKeys(MAX_FAILED, FAILURE_MEMORY_MS, nowMs)
  }

  /**
   * Calls a function with the issuer, without a promise when it is known or when `find` needs none. The client stays open
   * until the call ends: others may take its place while the caller waits for `find`, or for the server.
   */
  use<Result>(name: string, call: (lookup: Lookup) => MaybePromise<Result>): MaybePromise<Result> {
    const lookup = this.#find(name)
    if (!isPromise(lookup)) return this.#useFound(lookup, call)
    const release = this.#places.hold(name)
    return lookup.then((found) => endingWith(release, () => this.#useFound(found, call)))
  }

  #useFound<Result>(lookup: Lookup, call: (lookup: Lookup) => MaybePromise<Result>): MaybePromise<Result> {
    if (lookup === undefined || isFailure(lookup)) return call(lookup)
    return endingWith(this.#places.hold(lookup.client), () => call(lookup))
  }

  /**
   * Calls a function with a client that was known before, and keeps it open meanwhile. It does not count as a use.
   * `undefined` when the client has lost its place by now.
   */
  useKnown<Result>(found: FoundIssuer, call: () => Promise<Result>): Promise<Result | undefined> {
    if (!this.#places.has(found)) return Promise.resolve(undefined)
    return call().finally(this.#places.hold(found.client))
  }

  /** Never rejects. */
  #find(name: string): MaybePromise<Lookup> {
    if (this.#isClosed) throw new TypeError('the combined issuers are closed')
    const { limits, nowMs } = this.#settings
    const found = this.#places.get(name)
    if (found !== undefined) {
      const ageMs = elapsedMs(found.atMs, nowMs())
      if (ageMs < limits.maxAgeMs) return found
      if (ageMs < 2 * limits.maxAgeMs) return this.#renew(found)
    }
    if (this.#unknown.get(name) !== undefined) return undefined
    return this.#failed.get(name) ?? this.#lookUp(name, found !== undefined)
  }

  /** Notes that a token of an issuer has passed. */
  prove(found: FoundIssuer): void {
    this.#places.prove(found)
  }

  /** Forgets an issuer, so that the next token asks the function. */
  forget(name: string): void {
    this.#finding.delete(name)
    this.#unknown.delete(name)
    this.#failed.delete(name)
    this.#places.end(name)
  }

  known(): readonly FoundIssuer[] {
    return this.#places.all()
  }

  counts(): {
    readonly clients: number
    readonly unknown: number
    readonly finding: number
    readonly failures: number
  } {
    return {
      clients: this.#places.size,
      unknown: this.#unknown.size,
      finding: this.#finding.size,
      failures: this.#failures,
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const { abort } of this.#finding.values()) abort.abort()
    await this.#places.close()
  }

  /** Asks the function again, in the background. The client is used until there is an answer. */
  #renew(found: FoundIssuer): Lookup {
    if (this.#failed.get(found.name) !== undefined) return found
    const renewed = this.#lookUp(found.name, true)
    return isPromise(renewed) || isFailure(renewed) ? found : renewed
  }

  #lookUp(name: string, hasClient: boolean): MaybePromise<Lookup> {
    const { limits, nowMs, find } = this.#settings
    const underWay = this.#finding.get(name)
    // In a worker, a lookup may have ended unseen with the request that began it.
    if (underWay !== undefined && elapsedMs(underWay.atMs, nowMs()) < 2 * limits.findTimeoutMs) return underWay.result
    if (!hasClient && this.#finding.size >= MAX_FINDING) {
      this.#dropOldFindings()
      if (this.#finding.size >= MAX_FINDING) {
        return this.#count(new IssuerLookupError(`${MAX_FINDING} issuers are being looked up already; try again`))
      }
    }
    const abort = new AbortController()
    let given: ReturnType<FindIssuer>
    try {
      given = find(name, { signal: abort.signal })
    } catch (error) {
      return this.#fail(name, error)
    }
    if (!isPromise(given)) return this.#settle(name, given)
    const finding: Finding = { atMs: nowMs(), abort, result: this.#wait(name, given, abort, () => finding) }
    this.#finding.set(name, finding)
    return finding.result
  }

  async #wait(
    name: string,
    given: Promise<IssuerSettings | undefined | null>,
    abort: AbortController,
    own: () => Finding,
  ): Promise<Lookup> {
    let lookup: () => MaybePromise<Lookup>
    try {
      const settings = await within(this.#settings.limits.findTimeoutMs, given, abort)
      lookup = () => this.#settle(name, settings)
    } catch (error) {
      lookup = () => this.#fail(name, error)
    }
    const isForgotten = this.#finding.get(name) !== own()
    if (isForgotten && !this.#isClosed) return this.#find(name)
    this.#finding.delete(name)
    return lookup()
  }

  #settle(name: string, settings: IssuerSettings | undefined | null): Lookup {
    if (this.#isClosed) return this.#count(new IssuerLookupError('the combined issuers are closed'))
    if (settings === undefined || settings === null) {
      this.#places.end(name)
      this.#unknown.set(name, true)
      return undefined
    }
    try {
      const found: FoundIssuer = { ...this.#settings.create(settings), name, atMs: this.#settings.nowMs() }
      this.#failed.delete(name)
      this.#places.put(found)
      return found
    } catch (error) {
      return this.#remember(name, new IssuerSettingsError(`find: ${describeFault(error)}`, { cause: error }))
    }
  }

  #fail(name: string, error: unknown): IntrospectionError {
    const cause = withoutData(error)
    return this.#remember(
      name,
      new IssuerLookupError(`find could not look up an issuer: ${messageOf(cause)}`, { cause }),
    )
  }

  #remember(name: string, error: IntrospectionError): IntrospectionError {
    this.#failed.set(name, error)
    return this.#count(error)
  }

  #count(error: IntrospectionError): IntrospectionError {
    this.#failures++
    return error
  }

  #dropOldFindings(): void {
    const { limits, nowMs } = this.#settings
    for (const [name, { atMs }] of this.#finding) {
      if (elapsedMs(atMs, nowMs()) >= 2 * limits.findTimeoutMs) this.#finding.delete(name)
    }
  }
}

/** Whether a lookup failed. */
export function isFailure(lookup: Lookup): lookup is IntrospectionError {
  return lookup instanceof Error
}

/** Messages about options hold no values. */
function describeFault(error: unknown): string {
  return error instanceof TypeError ? `wrong settings: ${error.message}` : messageOf(withoutData(error))
}

/** Runs a function and then another, whatever comes of the first. */
function endingWith<Result>(end: () => void, run: () => MaybePromise<Result>): MaybePromise<Result> {
  let result: MaybePromise<Result>
  try {
    result = run()
  } catch (error) {
    end()
    throw error
  }
  if (isPromise(result)) return result.finally(end)
  end()
  return result
}

async function within<Value>(timeoutMs: number, promise: Promise<Value>, abort: AbortController): Promise<Value> {
  const { promise: ended, reject } = Promise.withResolvers<never>()
  abort.signal.addEventListener('abort', () => reject(abort.signal.reason as Error), { once: true })
  const timer = setTimeout(() => abort.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
  try {
    return await Promise.race([promise, ended])
  } finally {
    clearTimeout(timer)
  }
}
