/** A request as a case sends it, and the usual ones. */
import { token } from './valid-token.ts'

/** One request as it is sent. Repeated fields are sent as they are listed. */
export interface SentRequest {
  readonly method?: string
  /** The text after the path. */
  readonly query?: string
  readonly fields?: readonly (readonly [name: string, value: string])[]
  readonly body?: string
}

const FORM = ['content-type', 'application/x-www-form-urlencoded'] as const

/** A request with these `Authorization` fields. */
export function presenting(...credentials: readonly string[]): SentRequest {
  return { fields: credentials.map((value) => ['Authorization', value] as const) }
}

export const bearer = presenting(`Bearer ${token}`)

/** A form in the body of a POST. */
export function posting(body: string, ...credentials: readonly string[]): SentRequest {
  return { method: 'POST', body, fields: [FORM, ...(presenting(...credentials).fields ?? [])] }
}

/** The preflight that a browser sends before a request. */
export const preflight: SentRequest & Required<Pick<SentRequest, 'fields'>> = {
  method: 'OPTIONS',
  fields: [
    ['Origin', 'https://app.example.com'],
    ['Access-Control-Request-Method', 'GET'],
    ['Access-Control-Request-Headers', 'authorization'],
  ],
}
