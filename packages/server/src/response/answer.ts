/** The answer of step `response`, before it is written. */
import type { IntrospectionResponse } from '@token-introspection/core'
import type { HttpResponse } from '../http/http-message.ts'

/** An answer. */
export interface Answer {
  readonly response: IntrospectionResponse
  /** The response as JSON over HTTP, after it was written once. */
  written: HttpResponse | undefined
  /** `revocation_keys` of the response as JSON, after a follower of the feed asked for it. Other answers have no such property. */
  keys?: string
}
