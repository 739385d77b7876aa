import { parseForm } from '@token-introspection/core'
import { describe, expect, test } from 'vitest'
import { TokenLookup } from '../stores/token-lookup.ts'
import { toDisclosureRequest } from './disclosure-request.ts'

function read(form: string) {
  return toDisclosureRequest(new TokenLookup({ token: 't', parameters: parseForm(form) }, 'd'))
}

describe('toDisclosureRequest', () => {
  test.each<[string, string, readonly string[], readonly string[]]>([
    ['no target', 'token=t', [], []],
    ['one resource', 'resource=https%3A%2F%2Fa.example', ['https://a.example'], []],
    ['repeated targets, in their order', 'resource=b&audience=y&resource=a&audience=x', ['b', 'a'], ['y', 'x']],
    ['values as they were sent', 'resource=HTTPS%3A%2F%2FA%23f&audience=+x', ['HTTPS://A#f'], [' x']],
    ['no empty values', 'resource=&resource=a&audience', ['a'], []],
    ['no parameters of another case or form', 'Resource=a&resource%5B%5D=b&audiences=c', [], []],
  ])('reads %s', (_, form, resources, audiences) => {
    const request = read(form)
    expect(request).toEqual({ resources, audiences })
    expect([request, request.resources, request.audiences].every((value) => Object.isFrozen(value))).toBe(true)
  })

  test('shares one object among the requests without a target', () => {
    expect(read('token=t')).toBe(read('resource='))
  })
})
