import { expect, test, vi } from 'vitest'
import { Confirmations } from './confirmations.ts'

test('ten answers without a confirmation are told once', () => {
  const onNone = vi.fn()
  const confirmations = new Confirmations(onNone)
  for (let answers = 1; answers < 10; answers++) confirmations.note(false)
  expect(onNone).not.toHaveBeenCalled()
  for (let answers = 10; answers < 50; answers++) confirmations.note(false)
  expect(onNone).toHaveBeenCalledOnce()
})

test('a single confirmation shows that the feed and the endpoint belong together', () => {
  const onNone = vi.fn()
  const confirmations = new Confirmations(onNone)
  for (let answers = 1; answers <= 50; answers++) confirmations.note(answers === 10)
  expect(onNone).not.toHaveBeenCalled()
})
