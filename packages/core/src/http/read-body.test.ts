import { describe, expect, test } from 'vitest'
import { readBody } from './read-body.ts'

const octets = (length: number, value = 1): Uint8Array => new Uint8Array(length).fill(value)

/** A body of these chunks, with a list of the reasons it was cancelled for. */
function bodyOf(chunks: readonly Uint8Array[], end: 'closed' | 'open' | Error = 'closed') {
  const waiting = [...chunks]
  const cancelled: unknown[] = []
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const chunk = waiting.shift()
        if (chunk !== undefined) controller.enqueue(chunk)
        else if (end === 'closed') controller.close()
        else if (end !== 'open') controller.error(end)
      },
      cancel: (reason: unknown) => void cancelled.push(reason),
    },
    { highWaterMark: 0 },
  )
  return { body, cancelled, waiting }
}

describe('readBody', () => {
  test.each([
    ['no body', null, []],
    ['an empty body', bodyOf([]).body, []],
    ['one chunk', bodyOf([octets(2)]).body, [1, 1]],
    ['several chunks', bodyOf([octets(2), octets(0), octets(1, 3)]).body, [1, 1, 3]],
    ['the body of a Response', new Response('ab').body, [97, 98]],
  ])('reads %s', async (_, body: ReadableStream<Uint8Array> | null, expected) => {
    expect(await readBody(body, 3)).toEqual(new Uint8Array(expected))
  })

  test('stops at the first chunk that is too long, and cancels the rest', async () => {
    const { body, cancelled, waiting } = bodyOf([octets(3), octets(1), octets(1)], 'open')
    expect(await readBody(body, 3)).toBeUndefined()
    expect(cancelled).toHaveLength(1)
    expect(waiting).toHaveLength(1)
  })

  test.each([
    ['text', 'ab'],
    ['an object', {}],
    ['null', null],
  ])('refuses %s, which has no length in octets', async (_, chunk) => {
    const { body, cancelled, waiting } = bodyOf([octets(1), chunk as Uint8Array, octets(1)], 'open')
    await expect(readBody(body, 3)).rejects.toThrow(TypeError)
    expect(cancelled).toHaveLength(1)
    expect(waiting).toHaveLength(1)
  })

  test('does not wait for a cancellation that never ends', async () => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(octets(4)),
      cancel: () => new Promise<never>(() => undefined),
    })
    expect(await readBody(body, 3)).toBeUndefined()
  })

  test('ends with the reason of a signal while the source is silent, and cancels the rest', async () => {
    const cancelled: unknown[] = []
    const body = new ReadableStream<Uint8Array>({ cancel: () => void cancelled.push('cancelled') })
    const late = new AbortController()
    const reading = readBody(body, 3, late.signal)
    const reason = new Error('too late')
    late.abort(reason)
    await expect(reading).rejects.toBe(reason)
    expect(cancelled).toEqual(['cancelled'])
  })

  test('fails with the error of the stream', async () => {
    const error = new Error('the sender went away')
    await expect(readBody(bodyOf([octets(1)], error).body, 3)).rejects.toBe(error)
  })
})
