import { describe, expect, test, vi } from 'vitest'
import { readRequestForm } from './request-form.ts'

const url = 'https://api.example.com'
const FORM = 'application/x-www-form-urlencoded'

function posting(body: string, type = FORM, method = 'POST'): Request {
  return new Request(url, { method, body, headers: { 'content-type': type } })
}

describe('readRequestForm', () => {
  test('takes the token of a web request and leaves its body', async () => {
    const request = posting('a=1&access_token=t')
    expect(await readRequestForm(request)).toEqual({ access_token: ['t'] })
    expect(await request.text()).toBe('a=1&access_token=t')
  })

  test.each([
    ['another media type', posting('access_token=t', 'application/json')],
    ['several parts', posting('access_token=t', 'multipart/form-data; boundary=a')],
    ['a method whose body means nothing', posting('access_token=t', FORM, 'DELETE')],
    ['a body that is too long', posting(`access_token=t&a=${'a'.repeat(65_536)}`)],
  ])('takes none from %s', async (_, request) => {
    expect(await readRequestForm(request)).toBeUndefined()
  })

  test('takes what was parsed, asked for when it is wanted', async () => {
    const headers = new Headers({ 'content-type': FORM })
    const form = { access_token: 't' }
    expect(await readRequestForm({ method: 'POST', headers, form })).toBe(form)
    expect(await readRequestForm({ method: 'POST', headers, form: () => form })).toBe(form)
    expect(await readRequestForm({ method: 'POST', headers, form: () => Promise.resolve(form) })).toBe(form)
    const unasked = vi.fn()
    expect(await readRequestForm({ method: 'GET', headers, form: unasked })).toBeUndefined()
    expect(unasked).not.toHaveBeenCalled()
  })
})
