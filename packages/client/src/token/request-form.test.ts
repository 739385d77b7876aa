import { describe, expect, test, vi } from 'vitest'
import type { GuardRequest } from './guard-request.ts'
import { FORM_TOO_LONG, readRequestForm } from './request-form.ts'

const url = 'https://api.example.com'
const FORM = 'application/x-www-form-urlencoded'

function posting(body: string, type = FORM, method = 'POST'): Request {
  return new Request(url, { method, body, headers: { 'content-type': type } })
}

const headers = new Headers({ 'content-type': FORM })

/** A request whose sender breaks off after these octets. */
function breakingOff(start: string): Request {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(start))
      controller.error(new TypeError('terminated'))
    },
  })
  return new Request(url, { method: 'POST', body, headers, duplex: 'half' })
}

function thrower(): never {
  throw new Error('aborted')
}

describe('readRequestForm', () => {
  test('reads the token of a web request and leaves its body readable', async () => {
    const request = posting('a=1&access_token=t')
    expect(await readRequestForm(request)).toEqual(new URLSearchParams('a=1&access_token=t'))
    expect(await request.text()).toBe('a=1&access_token=t')
  })

  test.each([
    ['another media type', posting('access_token=t', 'application/json')],
    ['a multipart form', posting('access_token=t', 'multipart/form-data; boundary=a')],
    ['a method whose body has no meaning', posting('access_token=t', FORM, 'DELETE')],
  ])('reads no token from %s', async (_, request) => {
    expect(await readRequestForm(request)).toBeUndefined()
  })

  test('reports that a longer body was not read', async () => {
    expect(await readRequestForm(posting(`a=${'a'.repeat(65_534)}`))).toEqual(
      new URLSearchParams(`a=${'a'.repeat(65_534)}`),
    )
    expect(await readRequestForm(posting(`a=${'a'.repeat(65_535)}`))).toBe(FORM_TOO_LONG)
  })

  test.each<[string, GuardRequest]>([
    ['a body that breaks off', breakingOff('access_token=t')],
    ['a body that breaks off before it begins', breakingOff('')],
    ['a form that its parser rejects', { method: 'POST', headers, form: () => Promise.reject(new Error('aborted')) }],
    ['a form whose parser throws', { method: 'POST', headers, form: thrower }],
  ])('returns an invalid token for %s, so that the request is refused', async (_, request) => {
    expect(await readRequestForm(request)).toEqual({ access_token: [undefined] })
  })

  test.each([
    ['has been read', async (request: Request) => void (await request.text())],
    ['is being read', async (request: Request) => void request.body?.getReader()],
  ])('reads no token from a body that %s by other code', async (_, read) => {
    const request = posting('access_token=t')
    await read(request)
    expect(await readRequestForm(request)).toBeUndefined()
  })

  test('uses a parsed form, read on demand', async () => {
    const form = { access_token: 't' }
    expect(await readRequestForm({ method: 'POST', headers, form })).toBe(form)
    expect(await readRequestForm({ method: 'POST', headers, form: () => form })).toBe(form)
    expect(await readRequestForm({ method: 'POST', headers, form: () => Promise.resolve(form) })).toBe(form)
    const unasked = vi.fn()
    expect(await readRequestForm({ method: 'GET', headers, form: unasked })).toBeUndefined()
    expect(unasked).not.toHaveBeenCalled()
  })
})
