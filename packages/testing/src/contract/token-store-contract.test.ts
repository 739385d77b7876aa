import {
  createMemoryTokenStore,
  digestToken,
  type TokenRecord,
  type WritableTokenStore,
} from '@token-introspection/server'
import { describe, expect, test } from 'vitest'
import { tokenStoreContract } from './token-store-contract.ts'

/** A store like the memory one, apart from what `change` breaks. */
function brokenStore(change: (store: WritableTokenStore) => Partial<WritableTokenStore>): () => WritableTokenStore {
  return () => {
    const store = createMemoryTokenStore()
    const whole: WritableTokenStore = {
      find: (digest) => store.find(digest),
      save: (token, record) => store.save(token, record),
      revoke: (token) => store.revoke(token),
    }
    return { ...whole, ...change(whole) }
  }
}

/** A store that keeps the caller's object itself. */
function sharingStore(): WritableTokenStore {
  const records = new Map<string, TokenRecord>()
  return {
    find: (digest) => records.get(digest) ?? null,
    save: async (token, record) => void records.set(await digestToken(token), record),
    revoke: async (token) => void records.delete(await digestToken(token)),
  }
}

const alwaysFound = (): TokenRecord => ({ kind: 'access_token', sub: 'alice' })

describe('tokenStoreContract', () => {
  test.each<[string, () => WritableTokenStore, RegExp]>([
    ['finds everything', brokenStore(() => ({ find: alwaysFound })), /never given/],
    [
      'finds undefined',
      brokenStore((store) => ({ find: (digest) => store.find(digest) ?? (undefined as never) })),
      /never given/,
    ],
    [
      'forgets extension claims',
      brokenStore((store) => ({ save: (token, record) => store.save(token, { ...record, claims: undefined }) })),
      /every member/,
    ],
    [
      'writes latin-1',
      brokenStore((store) => ({
        save: (token, record) =>
          store.save(token, { ...record, username: Buffer.from(record.username ?? '', 'latin1').toString('latin1') }),
      })),
      /every member/,
    ],
    [
      'keeps the first record',
      brokenStore((store) => ({
        save: async (token, record) => {
          if ((await store.find(await digestToken(token))) === null) await store.save(token, record)
        },
      })),
      /saved again/,
    ],
    [
      'folds case',
      brokenStore((store) => ({ save: (token, record) => store.save(token.toLowerCase(), record) })),
      /tells tokens apart/,
    ],
    [
      'cuts tokens',
      brokenStore((store) => ({ save: (token, record) => store.save(token.slice(0, 4096), record) })),
      /very long/,
    ],
    ['ignores revocation', brokenStore(() => ({ revoke: async () => undefined })), /forgets a revoked token/],
    [
      'fails on unknown tokens',
      brokenStore((store) => ({
        revoke: async (token) => {
          if ((await store.find(await digestToken(token))) === null) throw new Error('unknown token')
          await store.revoke(token)
        },
      })),
      /unknown or already revoked/,
    ],
    ['shares the saved object', sharingStore, /after it was saved/],
    ['shares the returned object', sharingStore, /it returned/],
    [
      'finds by the token',
      brokenStore((store) => ({
        find: async (digest) => (await store.find(digest)) ?? (await store.find(await digestToken(digest))),
      })),
      /never by the token itself/,
    ],
  ])('has a case against a store that %s', async (_, create, title) => {
    const failed: string[] = []
    for (const { title: caseTitle, run } of tokenStoreContract()) {
      await run(create()).catch(() => failed.push(caseTitle))
    }
    expect(failed).toContainEqual(expect.stringMatching(title))
  })

  test('says what was expected when a case fails', async () => {
    const [first] = tokenStoreContract()
    await expect(first?.run(brokenStore(() => ({ find: alwaysFound }))())).rejects.toThrow(
      'an unknown token: expected null, got {"kind":"access_token","sub":"alice"}',
    )
  })
})
