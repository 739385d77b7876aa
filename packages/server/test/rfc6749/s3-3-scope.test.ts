/** RFC 6749 §3.3: the grammar of scope has no empty scope. */
import { expect, test } from 'vitest'
import { createEndpoint, json, post, RECORD, send, storeOf } from '../endpoint.ts'

test.each([[''], [undefined], [null]])('RSP-05 leaves scope out when the record has %j', async (scope) => {
  const { handler } = await createEndpoint({ lookup: { store: storeOf({ ...RECORD, scope }) } })
  const response = json(await send(handler, post({ token: 'any' })))
  expect(response.active).toBe(true)
  expect(response).not.toHaveProperty('scope')
})
