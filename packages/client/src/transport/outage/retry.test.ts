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
  test.each([502, 503, 504])('retries once after %d, a moment later', async (status) => {
    const good = reply(200)
    expect(await run([reply(status), good])).toEqual({ result: good, attempts: 2, waits: [20] })
    expect((await run([reply(status), good], 0.5)).waits).toEqual([50])
  })

  test.each(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])('retries once after %s, at once', async (code) => {
    const good = reply(200)
    expect(await run([unreachable(code), good])).toEqual({ result: good, attempts: 2, waits: [] })
  })

  test.each(['EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL'])(
    'retries twice after %s, because nothing was sent, and waits longer each time',
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

  test('uses a fresh connection only after one that was lost', async () => {
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

  test('finds the error code where fetch puts it', async () => {
    const inner = Object.assign(new Error('socket'), { code: 'UND_ERR_SOCKET' })
    const error = new TransportUnreachableError('x', { cause: new TypeError('fetch failed', { cause: inner }) })
    expect((await run([error, reply(200)])).attempts).toBe(2)
  })

  test.each([
    ['a good answer', reply(200)],
    ['refused credentials', reply(401)],
    ['a limit', reply(429)],
    ['a server that is broken', reply(500)],
    ['a server that sends Retry-After', reply(503, { 'retry-after': '0' })],
    ['a name that does not exist', unreachable('ENOTFOUND')],
    ['a certificate that is not trusted', unreachable('DEPTH_ZERO_SELF_SIGNED_CERT')],
    ['a deadline', new TransportTimeoutError('late')],
    ['a mistake', new TypeError('x')],
  ])('does not retry after %s', async (_, outcome) => {
    expect(await run([outcome, reply(200)])).toEqual({ result: outcome, attempts: 1, waits: [] })
  })

  test('never tries a third time', async () => {
    const second = reply(503)
    expect(await run([reply(503), second, reply(200)])).toMatchObject({ result: second, attempts: 2 })
    const error = unreachable('ECONNRESET')
    expect(await run([unreachable('ECONNRESET'), error, reply(200)])).toMatchObject({ result: error, attempts: 2 })
  })

  test('returns the first outcome when there is no second attempt', async () => {
    const first = reply(503)
    const open = new TransportCircuitOpenError('open', 1)
    expect((await run([first, open])).result).toBe(first)
    const error = unreachable('ECONNRESET')
    expect((await run([error, open])).result).toBe(error)
  })

  test('waits until the deadline, not longer', async () => {
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

  test('sends one request when retries are off', async () => {
    const attempt = vi.fn(() => Promise.resolve(reply(503)))
    await withRetry(attempt, new Deadlines(60_000).start(), undefined)
    expect(attempt).toHaveBeenCalledTimes(1)
  })
})
