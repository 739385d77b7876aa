import { describe, expect, test, vi } from 'vitest'
import { TransportCircuitOpenError, TransportTimeoutError, TransportUnreachableError } from '../../errors.ts'
import { Deadlines } from '../deadline.ts'
import type { TransportReply } from '../transport.ts'
import { withRetry } from './retry.ts'

function reply(status: number, headers: Record<string, string> = {}): TransportReply {
  return { status, header: (name) => headers[name], body: new Uint8Array() }
}

function unreachable(code: string): Error {
  return new TransportUnreachableError('no answer', { cause: Object.assign(new Error('x'), { code }) })
}

async function run(outcomes: (TransportReply | Error)[], random = 0) {
  const waits: number[] = []
  const attempt = vi.fn(() => {
    const outcome = outcomes.shift()
    return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome as TransportReply)
  })
  const retry = {
    wait: (ms: number) => {
      waits.push(ms)
      return Promise.resolve()
    },
    random: () => random,
  }
  const result = await withRetry(attempt, new Deadlines(60_000).start(), retry).catch((error: unknown) => error)
  return { result, attempts: attempt.mock.calls.length, waits }
}

describe('withRetry', () => {
  test.each([502, 503, 504])('tries once more after %d, a moment later', async (status) => {
    const good = reply(200)
    expect(await run([reply(status), good])).toEqual({ result: good, attempts: 2, waits: [20] })
    expect((await run([reply(status), good], 0.5)).waits).toEqual([50])
  })

  test.each(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])('tries once more after %s, at once', async (code) => {
    const good = reply(200)
    expect(await run([unreachable(code), good])).toEqual({ result: good, attempts: 2, waits: [] })
  })

  test.each(['EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL'])(
    'tries twice more after %s, as nothing was sent, and waits longer each time',
    async (code) => {
      const good = reply(200)
      expect(await run([unreachable(code), good])).toEqual({ result: good, attempts: 2, waits: [20] })
      expect(await run([unreachable(code), unreachable(code), good])).toEqual({
        result: good,
        attempts: 3,
        waits: [20, 80],
      })
      const last = unreachable(code)
      expect(await run([unreachable(code), unreachable(code), last, good])).toMatchObject({ result: last, attempts: 3 })
    },
  )

  test('wants a fresh connection after one that was lost, and only then', async () => {
    const fresh: boolean[] = []
    const outcomes = [unreachable('ECONNRESET'), unreachable('EPIPE')]
    const attempt = (freshConnection: boolean): Promise<TransportReply> => {
      fresh.push(freshConnection)
      const outcome = outcomes.shift()
      return outcome === undefined ? Promise.resolve(reply(200)) : Promise.reject(outcome)
    }
    const retry = { wait: () => Promise.resolve(), random: () => 0 }
    await withRetry(attempt, new Deadlines(60_000).start(), retry).catch(() => undefined)
    expect(fresh).toEqual([false, true])
  })

  test('looks for the reason where fetch puts it', async () => {
    const inner = Object.assign(new Error('socket'), { code: 'UND_ERR_SOCKET' })
    const error = new TransportUnreachableError('x', { cause: new TypeError('fetch failed', { cause: inner }) })
    expect((await run([error, reply(200)])).attempts).toBe(2)
  })

  test.each([
    ['a good answer', reply(200)],
    ['refused credentials', reply(401)],
    ['a limit', reply(429)],
    ['a server that is broken', reply(500)],
    ['a server that says when to come back', reply(503, { 'retry-after': '0' })],
    ['a name that is not found', unreachable('ENOTFOUND')],
    ['a certificate that is not trusted', unreachable('DEPTH_ZERO_SELF_SIGNED_CERT')],
    ['a deadline', new TransportTimeoutError('late')],
    ['a mistake', new TypeError('x')],
  ])('leaves it at %s', async (_, outcome) => {
    expect(await run([outcome, reply(200)])).toEqual({ result: outcome, attempts: 1, waits: [] })
  })

  test('never tries a third time', async () => {
    const second = reply(503)
    expect(await run([reply(503), second, reply(200)])).toMatchObject({ result: second, attempts: 2 })
    const error = unreachable('ECONNRESET')
    expect(await run([unreachable('ECONNRESET'), error, reply(200)])).toMatchObject({ result: error, attempts: 2 })
  })

  test('gives what the first came to when there may be no second', async () => {
    const first = reply(503)
    const open = new TransportCircuitOpenError('open', 1)
    expect((await run([first, open])).result).toBe(first)
    const error = unreachable('ECONNRESET')
    expect((await run([error, open])).result).toBe(error)
  })

  test('does not wait beyond the deadline', async () => {
    const deadline = new Deadlines(60_000).start()
    const reason = new Error('late')
    const attempt = vi.fn(() => Promise.resolve(reply(503)))
    const wait = () => {
      deadline.cancel(reason)
      return new Promise<void>(() => undefined)
    }
    await expect(withRetry(attempt, deadline, { wait, random: () => 0 })).rejects.toBe(reason)
    expect(attempt).toHaveBeenCalledTimes(1)
  })

  test('makes one request where it is switched off', async () => {
    const attempt = vi.fn(() => Promise.resolve(reply(503)))
    await withRetry(attempt, new Deadlines(60_000).start(), undefined)
    expect(attempt).toHaveBeenCalledTimes(1)
  })
})
