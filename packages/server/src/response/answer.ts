/** Step `response`: the answer, before it is written. */
import type { IntrospectionResponse } from '@token-introspection/core'
import type { HttpResponse } from '../http/http-message.ts'

/** What is answered. */
export interface Answer {
  readonly response: IntrospectionResponse
  /** The response as JSON over HTTP, once it was written. */
  written: HttpResponse | undefined
}
