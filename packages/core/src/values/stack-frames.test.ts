import { expect, test } from 'vitest'
import { stackFrames } from './stack-frames.ts'

test('has the frames, without the message and lines of it that look like frames', () => {
  const frames = stackFrames(new Error('one\n    at s3cr3t (s3cr3t:1:1)\ntwo'))
  expect(frames[0]).toContain('stack-frames.test.ts')
  expect(frames.join()).not.toContain('s3cr3t')
})

test('is empty when the message was changed, or there is no stack', () => {
  const changed = new Error('s3cr3t\n    at s3cr3t')
  // A stack is written when it is first read.
  expect(changed.stack).toContain('s3cr3t')
  changed.message = 'another message'
  expect(stackFrames(changed)).toEqual([])
  expect(stackFrames(Object.assign(new Error('x'), { stack: undefined }) as unknown as Error)).toEqual([])
})
