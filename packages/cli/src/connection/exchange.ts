/** One request to an authorization server and its answer, as they crossed the connection. */

/** Header fields by lower-case name. */
export type Fields = Readonly<Record<string, string>>

/** A request. */
export interface SentRequest {
  readonly method: string
  readonly url: string
  readonly headers: Fields
  readonly body: string
}

/** An answer. */
export interface ReceivedAnswer {
  readonly status: number
  readonly headers: Fields
  readonly body: string
}

/** A request and its answer. */
export interface Exchange {
  readonly request: SentRequest
  /** `undefined` when none came. */
  readonly answer: ReceivedAnswer | undefined
}
