/** While a function that finds secrets hangs, time and calls are the same for registered and made-up identifiers. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createIntrospectionHandler, createMemoryTokenStore } from '../../src/index.ts'
import { basic, ISSUER, NOW, post, RECORD, send } from '../endpoint.ts'

const SECRET = 'a secret of at least thirty-two characters'
const audiences = [RECORD.aud]

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

/** A slow verification of a hash. */
function verifySecret(): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  setTimeout(resolve, 1500, false)
  return promise
}

/**
 * What one attempt costs in a new process.
 *
 * @param withFunction - the identifier whose function hangs. No other has one.
 * @param id - the identifier of the attempt, as it is sent.
 * @param more - options of client authentication.
 */
async function costOf(withFunction: string, id: string, secret: string, more: object = {}) {
  let calls = 0
  const clientSecrets = () => {
    calls++
    return new Promise<never>(() => {})
  }
  const handler = createIntrospectionHandler({
    issuer: ISSUER,
    clientAuthentication: {
      methods: ['client_secret_basic'],
      protectedResources: [
        { id: withFunction, audiences, clientSecrets },
        ...['listed', 'tenant listed', 'tenant+listed+raw'].map((listed) => ({
          id: listed,
          audiences,
          clientSecrets: [SECRET],
        })),
      ],
      ...more,
    },
    lookup: { store: createMemoryTokenStore({ now: () => NOW * 1000 }) },
    now: () => NOW * 1000,
  })
  let passedMs = 0
  const answers: { readonly status: number; readonly ms: number }[] = []
  const asked = (async () => {
    const { status } = await send(handler, post({ token: 'a' }, { authorization: basic(id, secret) }))
    answers.push({ status, ms: passedMs })
  })()
  while (answers.length === 0) {
    passedMs += 500
    await vi.advanceTimersByTimeAsync(500)
    // Work that is no timer goes on.
    await new Promise((resolve) => setImmediate(resolve))
  }
  await asked
  return { ...answers[0], calls }
}

describe('a bad secret costs 5 seconds and one call', () => {
  test.each(['x'.repeat(32), `x%41${'x'.repeat(32)}`, `x+${'x'.repeat(32)}`])('with the secret %s', async (secret) => {
    for (const id of ['real', 'listed', 'made-up']) {
      expect([id, await costOf('real', id, secret)]).toEqual([id, { status: 503, ms: 5000, calls: 1 }])
    }
  })

  test.each(['tenant real', 'tenant+real'])('with two readings of the identifier, of which %s has it', async (real) => {
    for (const id of ['tenant+real', 'tenant+listed', 'tenant+listed+raw', 'tenant+made-up']) {
      expect([id, await costOf(real, id, 'x'.repeat(32))]).toEqual([id, { status: 503, ms: 5000, calls: 1 }])
    }
  })
})

test('slow verifications between two readings make no second call', async () => {
  for (const real of ['tenant real', 'tenant+real']) {
    for (const id of ['tenant+real', 'tenant+listed', 'tenant+made-up']) {
      const cost = await costOf(real, id, 'x'.repeat(32), { verifySecret, decoySecret: 'a hash' })
      expect([real, id, cost]).toEqual([real, id, { status: 503, ms: 8000, calls: 1 }])
    }
  }
})
