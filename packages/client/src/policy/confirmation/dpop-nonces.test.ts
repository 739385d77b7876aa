import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createNonces } from './dpop-nonces.ts'

const NOW = 1_764_000_000
const secret = 'thirty-two characters of a secret'

function setUp(lifetimeSeconds = 300) {
  const clock = { seconds: NOW }
  return {
    clock,
    nonces: createNonces({ findSecret: () => secret, lifetimeSeconds, nowMs: () => clock.seconds * 1000 }),
  }
}

describe('createNonces', () => {
  test.each([
    [-6, 'refused'],
    [-5, 'good'],
    [0, 'good'],
    [150, 'good'],
    [151, 'ageing'],
    [300, 'ageing'],
    [301, 'refused'],
    [1e9, 'refused'],
  ])('judges a nonce after %d seconds: %s', async (seconds, expected) => {
    const { clock, nonces } = setUp()
    const nonce = await nonces.issue()
    clock.seconds += seconds
    expect(await nonces.judge(nonce)).toBe(expected)
  })

  test('refuses every text that it did not issue', async () => {
    const { nonces } = setUp()
    const nonce = await nonces.issue()
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), async (text) => {
        for (const made of [text, nonce + text, text + nonce]) {
          if (made !== nonce) expect(await nonces.judge(made)).toBe('refused')
        }
      }),
    )
    await fc.assert(
      fc.asyncProperty(fc.nat(nonce.length - 1), fc.constantFrom('a', 'Z', '0', '.', '_'), async (index, character) => {
        const made = nonce.slice(0, index) + character + nonce.slice(index + 1)
        // The last character of the MAC has two bits that do not belong to it.
        if (made !== nonce && index < nonce.length - 1) expect(await nonces.judge(made)).toBe('refused')
      }),
    )
  })

  test('works with every lifetime, and refuses nonces of another secret', async () => {
    const { nonces } = setUp(10)
    const others = createNonces({ findSecret: () => `${secret}!`, lifetimeSeconds: 10, nowMs: () => NOW * 1000 })
    expect(await others.judge(await nonces.issue())).toBe('refused')
    expect(await others.judge(await others.issue())).toBe('good')
  })
})

test('finds the secret with the first nonce, and tries again after a failure', async () => {
  let calls = 0
  const nonces = createNonces({
    findSecret() {
      if (calls++ === 0) throw new Error('vault')
      return secret
    },
    lifetimeSeconds: 10,
    nowMs: () => 0,
  })
  expect(calls).toBe(0)
  await expect(nonces.issue()).rejects.toThrow('vault')
  expect(await nonces.judge(await nonces.issue())).toBe('good')
  expect(calls).toBe(2)
})
