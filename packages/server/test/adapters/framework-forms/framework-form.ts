/** The handler in a framework that listens. */
import type { Server } from 'node:http'
import type { HttpHandler } from '../../../src/index.ts'

/** A framework that listens. The endpoint is at `/introspect` and, with a base path, at `/oauth2/introspect/`. */
export interface FrameworkForm {
  readonly name: string
  readonly start: (handler: HttpHandler) => Promise<Server>
  /** Set when nothing reads the body before the handler. */
  readonly bare?: true
  /** Set when the framework uses web objects. Then the framework writes the answers and manages the connections. */
  readonly web?: true
  /** `false` when the framework sends an answer when it is whole. */
  readonly streams?: false
  /** The statuses that differ, because a parser reads the body before the handler. */
  readonly exceptions?: Exceptions
}

/** The status instead of the usual one, by the title of the case. */
export type Exceptions = Readonly<Record<string, number>>
