import { describe, expect, test, vi } from 'vitest'
import { Deadlines } from './deadline.ts'
import { EventStreamExchange } from './event-stream-exchange.node.ts'
import type { StreamReply } from './transport.ts'

const octets = (length: number): Buffer => Buffer.alloc(length, 0x3a)

/** An exchange, with a controller that only notes what is done. */
function start(contentType = 'text/event-stream') {
  const controller = {
    paused: false,
    pause: vi.fn(() => (controller.paused = true)),
    resume: vi.fn(() => (controller.paused = false)),
    abort: vi.fn(),
  }
  const given = controller as unknown as Parameters<EventStreamExchange['onRequestStart']>[0]
  const deadline = new Deadlines(60_000).start()
  deadline.settle()
  let exchange: EventStreamExchange | undefined
  const reply = new Promise<StreamReply>((resolve, reject) => {
    exchange = new EventStreamExchange(
      {
        method: 'GET',
        url: 'https://as.example.com/revocations',
        headers: {},
        body: undefined,
        maxResponseBytes: 100,
        cancellation: deadline,
      },
      resolve,
      reject,
    )
    exchange.onRequestStart(given)
    exchange.onResponseStart(given, 200, { 'content-type': contentType })
  })
  const running = exchange as EventStreamExchange
  return {
    controller,
    reply,
    push: (length: number) => running.onResponseData(given, octets(length)),
    end: () => running.onResponseEnd(),
    fail: (cause: Error) => running.onResponseError(given, cause),
  }
}

async function chunksOf(reply: Promise<StreamReply>) {
  const { chunks } = await reply
  return chunks?.[Symbol.asyncIterator]() ?? expect.fail('no stream')
}

describe('EventStreamExchange', () => {
  test('makes the server wait while too much is unread, and no longer', async () => {
    const { controller, reply, push } = start()
    const chunks = await chunksOf(reply)
    push(65_536)
    expect(controller.paused).toBe(false)
    push(1)
    expect(controller.paused).toBe(true)
    expect((await chunks.next()).value).toHaveLength(65_536)
    expect(controller.paused).toBe(false)
  })

  test('gives what has come before the end or the failure', async () => {
    const ended = start()
    ended.push(1)
    ended.end()
    const chunks = await chunksOf(ended.reply)
    expect((await chunks.next()).value).toHaveLength(1)
    expect((await chunks.next()).done).toBe(true)
    const failed = start()
    failed.push(1)
    failed.fail(new Error('gone'))
    const others = await chunksOf(failed.reply)
    expect((await others.next()).value).toHaveLength(1)
    await expect(others.next()).rejects.toMatchObject({ code: 'ERR_TRANSPORT_UNREACHABLE' })
  })

  test('ends a waiting read when the reader leaves, and closes the connection', async () => {
    const { controller, reply, push } = start()
    const chunks = await chunksOf(reply)
    const read = chunks.next()
    await chunks.return?.()
    expect((await read).done).toBe(true)
    expect(controller.abort).toHaveBeenCalledOnce()
    push(1)
    expect((await chunks.next()).done).toBe(true)
  })

  test('reads every other answer whole, within its bound', async () => {
    const whole = start('application/json')
    whole.push(2)
    whole.end()
    expect(await whole.reply).toMatchObject({ status: 200, body: octets(2) })
    const huge = start('application/json')
    huge.push(101)
    await expect(huge.reply).rejects.toMatchObject({ code: 'ERR_RESPONSE_MALFORMED' })
  })
})
