import { expect, test } from 'vitest'
import { makeUnchangeable } from '../stores/unchangeable-record.ts'
import { createRememberedAnswers } from './remembered-answers.ts'
import { INACTIVE_ANSWER, shapeResponse } from './shape-response.ts'

const createRecord = () =>
  makeUnchangeable({ kind: 'access_token', sub: 'alice', client_id: 'web', exp: 1_764_003_600 })

test('the holder of many active tokens takes the places of others, whose answers are shaped again as they were', async () => {
  const remembered = createRememberedAnswers()
  const step = { issuer: 'https://as.example.com', claims: undefined, timeoutMs: 1000, remembered }
  const record = createRecord()
  const shape = () => shapeResponse({ record, view: undefined, reason: undefined }, {}, step)
  const before = await shape()
  expect(await shape()).toBe(before)
  for (let greedy = 0; greedy < 131_072; greedy++) remembered.set(createRecord(), INACTIVE_ANSWER)
  expect(remembered.get(record)).toBeUndefined()
  const after = await shape()
  expect(after).toEqual(before)
  expect(await shape()).toBe(after)
})

test('a record that may change is not remembered', () => {
  const remembered = createRememberedAnswers()
  const record = { kind: 'access_token', exp: 1_764_003_600 } as const
  remembered.set(record, INACTIVE_ANSWER)
  expect(remembered.get(record)).toBeUndefined()
})
