/** Checks of answers that hold for every form of the handler and every framework. */
import { expect } from 'vitest'
import {
  CHALLENGE,
  type Changes,
  createEndpoint,
  expectNothingSecret,
  json,
  type WireRequest,
  type WireResponse,
} from '../../endpoint.ts'
import type { HandlerForm } from '../forms.ts'

/** Sends a request and checks the answer and the events, and that neither reveals a secret. */
export type ExpectAnswer = (request: WireRequest, status: number, body: unknown, changes?: Changes) => Promise<void>

/** Checks of the answers that come through one form. */
export function expectAnswersOf(send: HandlerForm['send']): ExpectAnswer {
  return async (request, status, body, changes) => {
    const { handler, events } = await createEndpoint(changes)
    const response = await send(handler, request)
    expect({ status: response.status, fields: answerFields(response) }).toEqual({
      status,
      fields: fieldsOf(status, body),
    })
    if (typeof body === 'string') expect(response.body).toBe(body)
    else expect(json(response)).toEqual(body)
    const outcomes = events.filter(
      (event) => event.type !== 'basic-read' && !(event.type === 'warning' && event.code === 'colon-in-identifier'),
    )
    expect(outcomes.map((event) => ('status' in event ? event.status : 200))).toEqual([status])
    expectNothingSecret(response, events)
  }
}

const described = expect.stringMatching(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/) as string
export const invalidRequest = { error: 'invalid_request', error_description: described }
export const invalidClient = { error: 'invalid_client' }

export const common = {
  'content-type': 'application/json',
  'cache-control': 'no-store',
  pragma: 'no-cache',
  'x-content-type-options': 'nosniff',
  vary: 'accept',
}

/** All header fields of an answer. A 503 about one token has no Retry-After. */
function fieldsOf(status: number, body: unknown): Record<string, string> {
  if (status === 401) return { ...common, 'www-authenticate': CHALLENGE }
  if (status === 405) return { ...common, allow: 'POST' }
  if (status === 503 && !Object.hasOwn(body as object, 'error_description')) return { ...common, 'retry-after': '1' }
  return common
}

/** Header fields that depend on the form or the time. */
const TRANSPORT_FIELDS = ['date', 'connection', 'keep-alive', 'content-length', 'transfer-encoding']

/** The header fields of an answer that do not depend on the form. */
export function answerFields(response: WireResponse): Record<string, string> {
  return Object.fromEntries(Object.entries(response.headers).filter(([name]) => !TRANSPORT_FIELDS.includes(name)))
}
