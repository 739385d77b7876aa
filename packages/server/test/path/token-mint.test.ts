/** Tokens of a mint on the introspection path: found when the store has them, and junk refused without a lookup. */
import { describe, expect, test } from 'vitest'
import { createIntrospectionHandler, createMemoryTokenStore, createTokenMint, digestToken } from '../../src/index.ts'
import { INACTIVE, ISSUER, json, NOW, post, PROTECTED_RESOURCES, send } from '../endpoint.ts'

describe('tokens of a mint', () => {
  const mint = createTokenMint({ prefix: 'acme_at', keys: ['k'.repeat(32)] })

  test('are found, and junk is refused without asking the store', async () => {
    const store = createMemoryTokenStore({ now: () => NOW * 1000 })
    const asked: string[] = []
    const handler = createIntrospectionHandler({
      issuer: ISSUER,
      clientAuthentication: { protectedResources: PROTECTED_RESOURCES },
      lookup: {
        store: { find: (digest) => (asked.push(digest), store.find(digest)) },
        isMinted: mint.isMinted,
      },
      now: () => NOW * 1000,
    })
    const minted = await mint.mint()
    const record = { kind: 'access_token', aud: 'https://orders.example.com', sub: 'alice', exp: NOW + 60 } as const
    const spoilt = minted.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a'))
    const junk = ['junk', spoilt, `${minted}a`, minted.toUpperCase(), ` ${minted}`]
    for (const token of [minted, ...junk]) await store.save(token, record)
    for (const token of junk) expect((await send(handler, post({ token }))).body).toBe(INACTIVE)
    expect(asked).toEqual([])
    expect(json(await send(handler, post({ token: minted })))).toMatchObject({ active: true, sub: 'alice' })
    expect(asked).toEqual([await digestToken(minted)])
  })
})
