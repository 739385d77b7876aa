/** What one party sends must not use up what others need: each attack, and a good caller that goes through meanwhile. */
import { describe, expect, test } from 'vitest'
import { createMemoryLimiter, createTokenMint } from '../../src/index.ts'
import { createEndpoint, NOW, post, RECORD, send, token } from '../endpoint.ts'

const now = (): number => NOW * 1000

describe('the budget of a protected resource', () => {
  const limits = { limiter: createMemoryLimiter({ points: 6000, windowSeconds: 60, now }) }

  test('is not used up by junk that anybody sends to it: misses alone are refused', async () => {
    const { handler } = await createEndpoint({ limits })
    const ask = async (value: string): Promise<number> => (await send(handler, post({ token: value }))).status
    const junk: number[] = []
    for (let sent = 0; sent < 400; sent++) {
      junk.push(await ask(`junk-${sent}`))
      expect(await ask(token('active'))).toBe(200)
    }
    expect(junk.slice(0, 300)).toEqual(Array.from({ length: 300 }, () => 200))
    expect(junk.slice(300)).toEqual(Array.from({ length: 100 }, () => 429))
  })

  test('pays nothing for junk that was never minted here', async () => {
    const mint = createTokenMint({ prefix: 'acme', keys: ['k'.repeat(32)] })
    const good = await mint.mint()
    const { handler, store } = await createEndpoint({
      limits: { limiter: createMemoryLimiter({ points: 20, windowSeconds: 60, now }) },
    })
    await store.save(good, RECORD)
    const { handler: minted } = await createEndpoint({
      lookup: { store, isMinted: mint.isMinted },
      limits: { limiter: createMemoryLimiter({ points: 20, windowSeconds: 60, now }) },
    })
    const ask = async (to: typeof handler, value: string): Promise<number> =>
      (await send(to, post({ token: value }))).status
    expect([await ask(handler, 'junk-1'), await ask(handler, 'junk-2')]).toEqual([200, 429])
    for (let sent = 0; sent < 50; sent++) expect(await ask(minted, `junk-${sent}`)).toBe(200)
    expect(await ask(minted, await mint.mint())).toBe(200)
    expect(await ask(minted, good)).toBe(200)
  })
})
