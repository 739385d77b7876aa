import { describe, expect, test } from 'vitest'
import {
  isUnsupportedTokenType,
  meansInactive,
  parseRetryAfter,
  readJsonReply,
  type RefusalContext,
  statusError,
} from './read-reply.ts'
import type { TransportReply } from './transport.ts'

const now = Date.parse('2026-11-20T12:00:00Z')
const json = { 'content-type': 'application/json' }

function reply(status: number, headers: Record<string, string>, body: string | Uint8Array): TransportReply {
  return {
    status,
    header: (name) => headers[name],
    body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
  }
}

function failure(answer: TransportReply, context?: RefusalContext): unknown {
  try {
    return readJsonReply(answer, 'introspection', context)
  } catch (error) {
    return error
  }
}

describe('readJsonReply', () => {
  test.each([
    ['as registered', 'application/json'],
    ['with a charset', 'application/json; charset=utf-8'],
    ['in another case', 'Application/JSON;Charset=UTF-8'],
  ])('reads the object with the media type %s', (_, contentType) => {
    expect(readJsonReply(reply(200, { 'content-type': contentType }, '{"active":true}'), 'introspection')).toEqual({
      active: true,
    })
  })

  test('accepts "identity" as no compression', () => {
    const headers = { ...json, 'content-encoding': 'Identity' }
    expect(readJsonReply(reply(200, headers, '{}'), 'introspection')).toEqual({})
  })

  test('ignores a byte order mark', () => {
    expect(readJsonReply(reply(200, json, '\ufeff{"active":true}'), 'introspection')).toEqual({ active: true })
  })

  test.each([201, 203, 204, 206, 301, 302, 304, 307, 308, 400, 404, 418, 500, 503])(
    'checks the status %i before the body',
    (status) => {
      expect(failure(reply(status, json, '{"active":true}'))).toMatchObject({ code: 'ERR_TRANSPORT_STATUS', status })
    },
  )

  test.each([
    ['text/plain', 'not JSON'],
    ['text/html', '<h1>Log in</h1>'],
    ['application/token-introspection+jwt', '{"active":true}'],
    ['application/jwt', '{"active":true}'],
    ['application/problem+json', '{"active":true}'],
    ['application/jsonx', '{"active":true}'],
    ['application/json, text/html', '{"active":true}'],
    ['', '{"active":true}'],
  ])('checks the media type %o before the body', (contentType, body) => {
    const error = failure(reply(200, { 'content-type': contentType }, body)) as Error
    expect(error).toMatchObject({ code: 'ERR_RESPONSE_MALFORMED' })
    expect(error.message).toContain('instead of application/json')
  })

  test.each(['2YotnFZFEjr1zCsicMWpAA/json', 'text/2yotnfzfejr1zcsicmwpaa', `text/${'x'.repeat(9000)}`])(
    'does not quote the media type %j',
    (contentType) => {
      const error = failure(reply(200, { 'content-type': contentType }, '{"active":true}')) as Error
      expect(error.message).toBe(
        'introspection: another media type instead of application/json [ERR_RESPONSE_MALFORMED]',
      )
    },
  )

  test('refuses an answer without a media type', () => {
    expect(failure(reply(200, {}, '{"active":true}'))).toMatchObject({ code: 'ERR_RESPONSE_MALFORMED' })
  })

  test.each(['gzip', 'br', 'identity, gzip', 'x'])('refuses the content coding %o', (contentEncoding) => {
    const error = failure(reply(200, { ...json, 'content-encoding': contentEncoding }, '{"active":true}')) as Error
    expect(error).toMatchObject({ code: 'ERR_RESPONSE_MALFORMED' })
    expect(error.message).toContain('compressed')
  })

  test.each([
    ['a lone continuation octet', [0x80]],
    ['an octet of Latin-1', [0x7b, 0x22, 0xe9, 0x22, 0x7d]],
    ['a sequence that is cut short', [0x22, 0xe2, 0x82]],
    ['a surrogate', [0x22, 0xed, 0xa0, 0x80, 0x22]],
  ])('refuses %s, and still reads the next answer', (_, octets) => {
    const error = failure(reply(200, json, Uint8Array.from(octets))) as Error
    expect(error).toMatchObject({ code: 'ERR_RESPONSE_MALFORMED' })
    expect(error.message).toContain('not UTF-8')
    expect(readJsonReply(reply(200, json, '{"a":"é"}'), 'introspection')).toEqual({ a: 'é' })
  })

  test.each(['', ' ', 'null', 'true', '[]', '"active"', '{', '{"active":true}x', '{"a":1,"a":2}'])(
    'refuses the body %o',
    (body) => {
      expect(failure(reply(200, json, body))).toMatchObject({ code: 'ERR_RESPONSE_MALFORMED' })
    },
  )
})

describe('statusError', () => {
  test.each([
    'introspection must be requested with Accept: application/token-introspection+jwt for this client',
    'no client authentication mechanism provided',
    'the token t0p-s3cret is malformed',
  ])('explains invalid_request, and repeats no part of %o', (description) => {
    const body = JSON.stringify({ error: 'invalid_request', error_description: description })
    const { message } = statusError(reply(400, json, body), 'introspection')
    expect(message).toMatch(/^introspection: status 400 \(invalid_request\)\. .*client authentication.*response\.jwt/)
    expect(message).not.toContain(description)
  })

  test.each([
    [401, '{"error":"invalid_client"}', 'invalid_client'],
    [401, '', undefined],
    [403, '<html>', undefined],
    [403, '{"error":"access_denied"}', 'access_denied'],
    [400, '{"error":"invalid_client"}', 'invalid_client'],
    [400, '{"error":"unauthorized_client"}', 'unauthorized_client'],
    [400, '{"error":"insufficient_scope"}', 'insufficient_scope'],
    [400, '{"error":"invalid_token"}', 'invalid_token'],
  ])("treats %i %s as a refusal of the client's credentials", (status, body, oauthError) => {
    expect(statusError(reply(status, json, body), 'introspection')).toMatchObject({
      code: 'ERR_TRANSPORT_UNAUTHORIZED',
      retryable: false,
      status,
      oauthError,
    })
  })

  test.each([
    [400, '{"error":"invalid_request"}', 'invalid_request', false],
    [400, '', undefined, false],
    [404, '{"error":"invalid_client"}', 'invalid_client', false],
    [405, '', undefined, false],
    [204, '', undefined, false],
    [302, '', undefined, false],
    [500, '{"error":"server_error"}', 'server_error', true],
    [502, 'bad gateway', undefined, true],
    [503, '[]', undefined, true],
  ])('treats %i %s as an unexpected status', (status, body, oauthError, retryable) => {
    expect(statusError(reply(status, json, body), 'introspection')).toMatchObject({
      code: 'ERR_TRANSPORT_STATUS',
      retryable,
      status,
      oauthError,
    })
  })

  test.each([
    ['an error that is not a string', '{"error":42}'],
    ['an error that may echo a sent value', '{"error":"secret-Token-42"}'],
    ['an error with spaces', '{"error":"the token secret_token is bad"}'],
    ['a very long error', JSON.stringify({ error: 'a'.repeat(65) })],
    ['a body that is not UTF-8', Uint8Array.of(0xff, 0xfe)],
  ])('does not quote %s', (_, body) => {
    const error = statusError(reply(400, json, body), 'introspection')
    expect(error).toMatchObject({ code: 'ERR_TRANSPORT_STATUS', oauthError: undefined })
    expect(error.message).toBe('introspection: status 400 [ERR_TRANSPORT_STATUS]')
  })

  test.each([
    ['the token', 'secrettokenofletters'],
    ['a part of the token', 'rejected_secrettoken'],
    ['the secret of the client', 'correct_horse_battery'],
    ['a short secret', 'horse'],
  ])('does not quote an error that is %s', (_, error) => {
    const short = { headers: { authorization: `Basic ${btoa('api:horse')}` }, body: undefined }
    const sent = [{ headers: {}, body: 'token=secrettokenofletters&client_secret=correct_horse_battery' }, short]
    for (const status of [400, 401, 429, 500]) {
      const refused = statusError(reply(status, json, JSON.stringify({ error })), 'introspection', { sent })
      expect(`${refused.message} ${JSON.stringify(refused)}`).not.toContain(error)
    }
  })

  test('treats a code as a refusal of the credentials, although the token is the same text', () => {
    const sent = [{ headers: {}, body: 'token=invalid_token' }]
    const refused = statusError(reply(400, json, '{"error":"invalid_token"}'), 'introspection', { sent })
    expect(refused).toMatchObject({ code: 'ERR_TRANSPORT_UNAUTHORIZED', oauthError: undefined })
  })

  test('does not quote an error description without the sent request', () => {
    const body = JSON.stringify({ error: 'invalid_request', error_description: 'no token secret-token' })
    expect(JSON.stringify(statusError(reply(400, json, body), 'introspection'))).not.toContain('secret-token')
  })

  test.each([
    [400, 'invalid_request', 'ERR_TRANSPORT_STATUS'],
    [401, 'invalid_client', 'ERR_TRANSPORT_UNAUTHORIZED'],
  ])("quotes the server's description with %i, without the sent values", (status, error, code) => {
    const body = JSON.stringify({ error, error_description: 'no authentication for 2YotnFZFEjr1zCsicMWpAA provided' })
    const sent = [{ headers: {}, body: 'token=2YotnFZFEjr1zCsicMWpAA' }]
    const refused = statusError(reply(status, json, body), 'introspection', { sent })
    const said = 'no authentication for [sent] provided'
    expect(refused).toMatchObject({ code, oauthErrorDescription: said })
    expect(refused.message).toContain(`(${error}: "${said}")`)
  })

  test.each([
    ['wrong credentials', 401, 'invalid_client', 'secret or key'],
    ['a caller that is not allowed', 403, 'access_denied', 'does not let this resource server introspect'],
    ['a client without the permission', 400, 'unauthorized_client', 'does not let this resource server introspect'],
    ['a token without the scope', 401, 'insufficient_scope', 'does not let this resource server introspect'],
  ])('gives the remedy for %s', (_, status, error, advice) => {
    const refused = statusError(reply(status, json, JSON.stringify({ error })), 'introspection')
    expect(refused).toMatchObject({ code: 'ERR_TRANSPORT_UNAUTHORIZED', status, oauthError: error })
    expect(refused.message).toContain(advice)
  })

  test('adds the suspicion of the client authentication when the credentials are refused', () => {
    const [refused, forbidden] = [401, 403].map(
      (status) => statusError(reply(status, json, ''), 'x', { advice: 'try raw' }).message,
    )
    expect(refused).toContain('try raw')
    expect(forbidden).not.toContain('try raw')
  })

  test.each([
    ['orders-api', '(client_secret_basic, client "orders-api"): check'],
    [undefined, '(client_secret_basic): check'],
  ])('names the method and the identifier %s when the credentials are refused', (clientId, named) => {
    const credentials = { method: 'client_secret_basic', clientId }
    const [refused, forbidden] = [401, 403].map(
      (status) => statusError(reply(status, json, ''), 'x', { credentials }).message,
    )
    expect(refused).toContain(named)
    expect(forbidden).not.toContain('client_secret_basic')
  })

  test('says that a redirect is never followed', () => {
    const error = statusError(reply(307, { location: 'https://evil.example' }, ''), 'introspection')
    expect(error.message).toMatch(/redirect.*never follows/)
    expect(error.message).not.toContain('evil')
  })

  test.each([302, 404])('adds what the status %i suggests', (status) => {
    const { message } = statusError(reply(status, {}, ''), 'introspection', { hints: { [status]: 'Check the URL' } })
    expect(message).toMatch(/^introspection: .*\. Check the URL \[ERR_TRANSPORT_STATUS\]$/)
    expect(statusError(reply(500, {}, ''), 'introspection', { hints: { [status]: 'x' } }).message).toMatch(
      /500 \[ERR_TRANSPORT_STATUS\]$/,
    )
  })

  test('adds what a page suggests, and nothing for another media type', () => {
    const [page, text] = ['text/html; charset=utf-8', 'text/plain'].map(
      (type) => (failure(reply(200, { 'content-type': type }, ''), { hintAtPage: 'A page' }) as Error).message,
    )
    expect(page).toBe('introspection: text/html instead of application/json. A page [ERR_RESPONSE_MALFORMED]')
    expect(text).toBe('introspection: text/plain instead of application/json [ERR_RESPONSE_MALFORMED]')
  })

  test.each([
    ['7', 7, ', and asks for a pause of 7 s.'],
    [undefined, undefined, 'may ask. Let'],
    ['soon', undefined, 'may ask. Let'],
    ['99999', 3600, ', and asks for a pause of 3600 s.'],
  ])('tells a rate limit apart, with Retry-After %o', (retryAfter, retryAfterSeconds, words) => {
    const headers = { ...json, ...(retryAfter !== undefined && { 'retry-after': retryAfter }) }
    const error = statusError(reply(429, headers, '{"error":"slow_down"}'), 'introspection')
    expect(error).toMatchObject({ code: 'ERR_TRANSPORT_RATE_LIMITED', retryable: true, status: 429 })
    expect(error).toMatchObject({ oauthError: 'slow_down', retryAfterSeconds })
    expect(error.message).toContain('introspection: status 429 (slow_down). ')
    expect(error.message).toContain(words)
  })

  test('checks the status 429 before the body', () => {
    expect(failure(reply(429, json, '{"active":true}'))).toMatchObject({ code: 'ERR_TRANSPORT_RATE_LIMITED' })
  })

  test('passes Retry-After on', () => {
    expect(statusError(reply(503, { 'retry-after': '17' }, ''), 'introspection')).toMatchObject({
      retryAfterSeconds: 17,
    })
  })
})

describe('isUnsupportedTokenType', () => {
  test.each([
    [400, '{"error":"unsupported_token_type"}', true],
    [400, '{"error":"unsupported_token_type","error_description":"x"}', true],
    [400, '{"error":"invalid_request"}', false],
    [400, 'unsupported_token_type', false],
    [401, '{"error":"unsupported_token_type"}', false],
    [200, '{"error":"unsupported_token_type"}', false],
    [503, '{"error":"unsupported_token_type"}', false],
  ])('%i %s: %s', (status, body, refused) => {
    expect(isUnsupportedTokenType(reply(status, json, body))).toBe(refused)
  })
})

describe('meansInactive', () => {
  const meant = [{ status: 204 }, { status: 400, error: 'invalid_token' }, { status: 401 }]

  test.each([
    [204, '', true],
    [400, '{"error":"invalid_token"}', true],
    [400, '{"error":"invalid_client"}', false],
    [400, '', false],
    [401, '', true],
    [401, '{"error":"invalid_client"}', false],
    [403, '', false],
    [200, '', false],
    [500, '{"error":"invalid_token"}', false],
  ])('treats the configured replies as inactive, and no others: %i %s: %s (RSP-28)', (status, body, inactive) => {
    expect(meansInactive(reply(status, json, body), meant)).toBe(inactive)
  })
})

describe('parseRetryAfter', () => {
  test.each([
    ['no field', undefined, undefined],
    ['a number of seconds', '120', 120],
    ['zero', '0', 0],
    ['the upper limit', '3600', 3600],
    ['one second more than the limit', '3601', 3600],
    ['a billion seconds', '1000000000', 3600],
    ['more digits than a number holds', '9'.repeat(400), 3600],
    ['an HTTP date', 'Fri, 20 Nov 2026 12:00:30 GMT', 30],
    ['an HTTP date of the second form', 'Friday, 20-Nov-26 12:00:30 GMT', 30],
    ['an HTTP date of the oldest form', 'Fri Nov 20 12:00:30 2026', 30],
    ['an HTTP date far ahead', 'Fri, 31 Dec 2100 23:59:59 GMT', 3600],
    ['an HTTP date that has passed', 'Fri, 31 Dec 1999 23:59:59 GMT', 0],
    ['a negative number', '-5', undefined],
    ['a fraction', '1.5', undefined],
    ['an exponent', '1e3', undefined],
    ['a word', 'soon', undefined],
    ['a word and a year', 'soon 2099', undefined],
    ['a date of another format', '2099-01-01', undefined],
    ['a day of the week without a date', 'Friday, soon', undefined],
    ['two fields, joined by a comma', '120, 240', undefined],
    ['an empty field', '', undefined],
    ['NaN', 'NaN', undefined],
    ['Infinity', 'Infinity', undefined],
  ])('%s', (_, field, seconds) => {
    expect(parseRetryAfter(field, now)).toBe(seconds)
  })

  test('rounds a fraction of a second up, never to an early retry', () => {
    expect(parseRetryAfter('Fri, 20 Nov 2026 12:00:30 GMT', now + 1)).toBe(30)
  })
})
