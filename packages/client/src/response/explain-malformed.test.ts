import { parseJsonObject, readIntrospectionResponse } from '@token-introspection/core'
import { describe, expect, test } from 'vitest'
import { ResponseMalformedError } from '../errors.ts'
import { explainMalformed } from './explain-malformed.ts'

const url = 'https://as.example.com/introspect?key=hunter2'
const place = 'introspection at https://as.example.com/introspect: '

function explain(answer: string, status = 200): Error {
  const reply = { status, body: new TextEncoder().encode(answer) }
  try {
    readIntrospectionResponse(parseJsonObject(answer))
  } catch (error) {
    return explainMalformed(error, reply, url, undefined) as Error
  }
  throw new Error('the answer can be read')
}

describe('explainMalformed', () => {
  test('names the endpoint without its query, and the options that read the answer', () => {
    const { message } = explain('{"active":"true","exp":"1764000000"}')
    expect(message).toMatch(place)
    expect(message).toMatch(
      /response\.tolerate\.activeAsString and response\.tolerate\.datesAsText \[ERR_RESPONSE_MALFORMED\]$/,
    )
    expect(message).not.toContain('hunter2')
  })

  test.each([
    ['no options read it', '{"active":5}'],
    ['it is too long to be read again', `{"active":"true","x":"${'x'.repeat(16_384)}"}`],
  ])('names the endpoint alone when %s', (_, answer) => {
    const { message } = explain(answer)
    expect(message).toMatch(place)
    expect(message).not.toContain('tolerate')
  })

  test('names the endpoint once', () => {
    const error = new ResponseMalformedError(`${place}text/html instead of application/json`)
    const explained = explainMalformed(error, { status: 200, body: new Uint8Array() }, url, undefined)
    expect((explained as Error).message).toBe(error.message)
  })

  test('leaves another error as it is', () => {
    const error = new TypeError('x')
    expect(explainMalformed(error, { status: 200, body: new Uint8Array() }, url, undefined)).toBe(error)
  })
})
