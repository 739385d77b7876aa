/** The log of the token store in memory follows the contract of logs. */
import { revocationLogContract } from '@token-introspection/testing'
import { describe, expect, test } from 'vitest'
import { createMemoryTokenStore } from '../../src/index.ts'
import { START } from './stored-tokens.ts'

const KEY_SECRET = 'a-secret-of-the-log-with-32-octets!'

function create(keySecret?: string, given: string | (() => Promise<string>) | undefined = keySecret) {
  const clock = { seconds: START }
  const now = () => clock.seconds * 1000
  const store = createMemoryTokenStore({ now, revocationLog: given === undefined ? true : { keySecret: given } })
  return { store, other: store, keySecret, expireEvents: () => void (clock.seconds += 7200), clock }
}

describe('the log of a memory token store', () => {
  test.each(revocationLogContract())('$title', async ({ run }) => {
    await run(create())
  })

  test.each(revocationLogContract())('with a given secret: $title', async ({ run }) => {
    await run(create(KEY_SECRET))
  })

  test.each(revocationLogContract())('with a secret that a function finds: $title', async ({ run }) => {
    await run(create(KEY_SECRET, async () => KEY_SECRET))
  })

  test('is absent by default, and receipts then have no position', async () => {
    const store = createMemoryTokenStore()
    expect('revocations' in store).toBe(false)
    expect(await (await store.revokeGrant('a')).position()).toBeUndefined()
    expect(await (await store.revoke('a')).position()).toBeUndefined()
  })
})
