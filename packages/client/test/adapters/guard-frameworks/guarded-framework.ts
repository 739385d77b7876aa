/** A guarded route in a framework, as the table describes it. */
import type { Server } from 'node:http'
import type { GuardToken, OptionalGuard } from '@token-introspection/client'

/** A framework that listens, with its route at {@link PATH}. */
export interface GuardedFramework {
  readonly name: string
  readonly start: Start
  /** Whether a form parser runs before the guard. */
  readonly parsesForms: boolean
  /**
   * `false` when the adapter cannot take an optional guard, because `undefined` there means that the response has been
   * sent.
   */
  readonly takesOptional?: boolean
  /** Set for frameworks that create web responses. Their servers choose the framing of the body. */
  readonly web?: true
  /** Set for frameworks without an adapter, where the program makes the whole response. No field is set before the guard runs. */
  readonly bare?: true
  /** The framework's media type for JSON, and its text for an empty body. */
  readonly json?: string
  readonly empty?: string
  /** Fields that the framework adds to a 204, which has no body. */
  readonly fieldsOf204?: Readonly<Record<string, readonly string[]>>
  /** The query in place of the one that was sent, for platforms that pass on its parameters. */
  readonly query?: string
  /** The status for an error of the program. Default 500. */
  readonly failure?: number
}

/** Starts the framework. With `passPreflights`, preflights reach the handler. */
export type Start = (guard: OptionalGuard, handle: Handle, options?: StartOptions) => Promise<StartedFramework>

export interface StartOptions {
  readonly passPreflights?: boolean
}

export interface StartedFramework {
  readonly server: Server
  stop(): Promise<unknown>
}

/** The handler of the route. It records the call and returns the body of the response. */
export type Handle = (token: GuardToken<OptionalGuard>, body: string) => string

/** The route lies below a base path, because routers rewrite the URL there. */
export const PATH = '/v1/orders'
