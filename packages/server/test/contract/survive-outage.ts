/** How a store behaves while its server is down, and afterwards. */
import { expect } from 'vitest'
import type { WritableTokenStore } from '../../src/index.ts'
import type { TestServer } from '../databases/server-process.ts'
import { askAboutToken, createEndpoint } from './ask-about-token.ts'
import { findByToken } from './stored-tokens.ts'

/**
 * Crashes the server and starts it again. While the server is down, every method of the store rejects and the endpoint answers
 * 503. Afterwards the store finds tokens again and revocations work.
 *
 * @param more - methods that only this store has.
 */
export async function surviveOutage<Store extends WritableTokenStore>(
  store: Store,
  server: TestServer | undefined,
  more: readonly ((store: Store) => Promise<unknown>)[] = [],
): Promise<void> {
  const endpoint = createEndpoint(store)
  await store.save('token', { kind: 'access_token', sub: 'alice', client_id: 'orders' })
  expect(await askAboutToken(endpoint)).toEqual([200, true])
  const interrupted = Promise.allSettled(Array.from({ length: 50 }, () => findByToken(store, 'token')))
  await server?.crash?.()
  for (const outcome of await interrupted) expect(outcome).not.toEqual({ status: 'fulfilled', value: null })
  expect(await askAboutToken(endpoint)).toEqual([503, undefined])
  await expect(findByToken(store, 'token')).rejects.toThrow(Error)
  await expect(store.save('other', { kind: 'access_token' })).rejects.toThrow(Error)
  await expect(store.revoke('token')).rejects.toThrow(Error)
  await expect(store.revokeGrant('a')).rejects.toThrow(Error)
  await expect(store.revokeSession('a')).rejects.toThrow(Error)
  await expect(store.revokeSubject('a')).rejects.toThrow(Error)
  await expect(store.revokeClient('a')).rejects.toThrow(Error)
  await expect(store.revoke('jwt', { kind: 'access_token' })).rejects.toThrow(Error)
  await expect(async () => store.isRevoked('jwt', { kind: 'access_token' })).rejects.toThrow(Error)
  for (const method of more) await expect(method(store)).rejects.toThrow(Error)
  await server?.restart?.()
  // Clients need a moment to reconnect, and a restarted server knows no script.
  await expect.poll(() => askAboutToken(endpoint)).toEqual([200, true])
  await store.revokeSubject('alice')
  expect(await askAboutToken(endpoint)).toEqual([200, false])
}
