/** Ten thousand requests that nobody would write, through the plain-data form. `pnpm fuzz` sends any number. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { HttpResponse } from '../../src/index.ts'
import { ACTIVE, INACTIVE, SECRET } from '../endpoint.ts'
import { createFuzzing, STATUSES } from './fuzz-properties.ts'
import { type FuzzRequest, fuzzRequest } from './fuzz-requests.ts'

test('answers every request correctly and without secrets', async () => {
  const fuzzing = await createFuzzing()
  await fc.assert(
    fc.asyncProperty(fuzzRequest, async (request) => {
      expect(await fuzzing.send(request)).toBeUndefined()
    }),
    { numRuns: 10_000 },
  )
  // Every status must have occurred. Otherwise the property says little.
  expect(new Set(fuzzing.statuses.keys())).toEqual(STATUSES)
  expect(fuzzing.active()).toBeGreaterThan(100)
})

let turn = 0

test.each<[string, (response: HttpResponse, request: FuzzRequest) => HttpResponse]>([
  ['a failure', (response) => ({ ...response, status: 500 })],
  ['an error without a code', (response) => (response.status === 400 ? { ...response, body: '{}' } : response)],
  [
    'a member that no error has',
    (response) =>
      response.status === 400 ? { ...response, body: '{"error":"invalid_request","token":""}' } : response,
  ],
  [
    'a description with a quote',
    (response) =>
      response.status === 400
        ? { ...response, body: '{"error":"invalid_request","error_description":"\\"a\\""}' }
        : response,
  ],
  ['a secret', (response) => ({ ...response, headers: { ...response.headers, 'x-a': SECRET } })],
  [
    'text that the caller sent',
    (response, { headers }) => ({
      ...response,
      headers: { ...response.headers, 'x-a': headers['authorization'] ?? '' },
    }),
  ],
  [
    'refusals of callers that differ',
    (response) =>
      response.status === 401 ? { ...response, headers: { ...response.headers, 'x-a': `${turn++}` } } : response,
  ],
  [
    'inactive answers that differ',
    (response) =>
      response.body === INACTIVE ? { ...response, headers: { ...response.headers, 'x-a': `${turn++}` } } : response,
  ],
  [
    'a token that is active for everybody',
    (response) => (response.status === 401 ? { ...response, status: 200, body: JSON.stringify(ACTIVE) } : response),
  ],
  [
    'an answer that caches may store',
    (response) => ({ ...response, headers: { ...response.headers, 'cache-control': 'max-age=60' } }),
  ],
])('sees %s', async (_, distort) => {
  const fuzzing = await createFuzzing(distort)
  const found: (string | undefined)[] = []
  for (const request of fc.sample(fuzzRequest, { numRuns: 1000, seed: 1 })) found.push(await fuzzing.send(request))
  expect(found.some((complaint) => complaint !== undefined)).toBe(true)
})
