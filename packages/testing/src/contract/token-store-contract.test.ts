import { signedContent } from '@token-introspection/core'
import {
  createMemoryTokenStore,
  digestToken,
  type TokenRecord,
  type WritableTokenStore,
} from '@token-introspection/server'
import { describe, expect, test } from 'vitest'
import { tokenStoreContract } from './token-store-contract.ts'

/** Creates a memory store with the methods that `change` replaces. */
function brokenStore(change: (store: WritableTokenStore) => Partial<WritableTokenStore>): () => WritableTokenStore {
  return () => {
    const store = createMemoryTokenStore()
    const whole: WritableTokenStore = {
      find: (digest) => store.find(digest),
      save: (token, record) => store.save(token, record),
      revoke: (token, record) => store.revoke(token, record),
      revokeGrant: (grantId) => store.revokeGrant(grantId),
      revokeSession: (sessionId) => store.revokeSession(sessionId),
      revokeSubject: (sub, at) => store.revokeSubject(sub, at),
      revokeClient: (clientId) => store.revokeClient(clientId),
      isRevoked: (digest, record) => store.isRevoked(digest, record),
    }
    return { ...whole, ...change(whole) }
  }
}

/** A store that keeps and returns the caller's own object. */
function sharingStore(): WritableTokenStore {
  const records = new Map<string, TokenRecord>()
  return {
    ...createMemoryTokenStore(),
    find: (digest) => records.get(digest) ?? null,
    save: async (token, record) => void records.set(await digestToken(token), record),
    revoke: async (token) => void records.delete(await digestToken(token)),
  }
}

/** A store whose revocations affect only the tokens that it holds at that moment. */
function forgetfulStore(): WritableTokenStore {
  const saved: [token: string, record: TokenRecord][] = []
  const store = createMemoryTokenStore()
  const revokeWhere = async (matches: (record: TokenRecord) => boolean): Promise<void> => {
    for (const [token, record] of saved) if (matches(record)) await store.revoke(token)
  }
  return {
    ...store,
    async save(token, record) {
      saved.push([token, record])
      await store.save(token, record)
    },
    revokeGrant: (grantId) => revokeWhere((record) => record.grantId === grantId),
    revokeSession: (sessionId) => revokeWhere((record) => record.sessionId === sessionId),
    revokeSubject: (sub, at = Date.now() / 1000) =>
      revokeWhere((record) => record.sub === sub && (record.iat ?? 0) <= at),
  }
}

/** A store that keeps only the last cutoff of each subject. */
function lastCutoffStore(): WritableTokenStore {
  const cutoffs = new Map<string, number>()
  const store = createMemoryTokenStore()
  return {
    ...store,
    find(digest) {
      const record = store.find(digest)
      const at = cutoffs.get(record?.sub ?? '')
      return at !== undefined && (record?.iat ?? 0) <= at ? null : record
    },
    revokeSubject: async (sub, at = Math.floor(Date.now() / 1000)) => void cutoffs.set(sub, at),
  }
}

/** A store in which a later save undoes a revocation. */
function revivingStore(): WritableTokenStore {
  const saved = new Map<string, TokenRecord>()
  const store = createMemoryTokenStore()
  return {
    ...store,
    find: (digest) => saved.get(digest) ?? store.find(digest),
    async save(token, record) {
      await store.save(token, record)
      saved.set(await digestToken(token), record)
    },
    async revoke(token, record) {
      await store.revoke(token, record)
      saved.delete(await digestToken(token))
    },
  }
}

const EXP = 4_102_444_800

const nothing = async (): Promise<void> => undefined

const alwaysFound = (): TokenRecord => ({ kind: 'access_token', sub: 'alice' })

describe('tokenStoreContract', () => {
  test.each<[string, () => WritableTokenStore, RegExp]>([
    ['finds everything', brokenStore(() => ({ find: alwaysFound })), /never saved/],
    [
      'returns undefined instead of null',
      brokenStore((store) => ({ find: (digest) => store.find(digest) ?? (undefined as never) })),
      /never saved/,
    ],
    [
      'forgets extension claims',
      brokenStore((store) => ({ save: (token, record) => store.save(token, { ...record, claims: undefined }) })),
      /every member/,
    ],
    [
      'encodes text as Latin-1',
      brokenStore((store) => ({
        save: (token, record) =>
          store.save(token, { ...record, username: Buffer.from(record.username ?? '', 'latin1').toString('latin1') }),
      })),
      /every member/,
    ],
    [
      'keeps the first record of a token instead of the newest',
      brokenStore((store) => ({
        save: async (token, record) => {
          if ((await store.find(await digestToken(token))) === null) await store.save(token, record)
        },
      })),
      /token is saved again/,
    ],
    [
      'ignores the case of tokens',
      brokenStore((store) => ({ save: (token, record) => store.save(token.toLowerCase(), record) })),
      /distinguishes tokens by case/,
    ],
    [
      'cuts long tokens',
      brokenStore((store) => ({ save: (token, record) => store.save(token.slice(0, 4096), record) })),
      /very long/,
    ],
    [
      'keeps members of any name',
      brokenStore((store) => ({
        save: async (token, record) => {
          await store.save(token, record).catch(() => undefined)
        },
      })),
      /wrong or unknown member/,
    ],
    ['ignores revocation', brokenStore(() => ({ revoke: async () => undefined })), /deletes a revoked token/],
    [
      'refuses to revoke unknown tokens',
      brokenStore((store) => ({
        revoke: async (token) => {
          if ((await store.find(await digestToken(token))) === null) throw new Error('unknown token')
          await store.revoke(token)
        },
      })),
      /a token that is unknown or already revoked/,
    ],
    ['ignores the end of a grant', brokenStore(() => ({ revokeGrant: nothing })), /every token of a grant/],
    ['ignores the end of a session', brokenStore(() => ({ revokeSession: nothing })), /every token of a session/],
    ['ignores cutoffs', brokenStore(() => ({ revokeSubject: nothing })), /of a subject that were issued up to/],
    ['ignores clients', brokenStore(() => ({ revokeClient: nothing })), /of a client that were issued until now/],
    ['forgets ended grants', forgetfulStore, /after its grant was ended/],
    ['forgets ended sessions', forgetfulStore, /after its session was ended/],
    ['forgets cutoffs', forgetfulStore, /after a cutoff/],
    [
      'does not revoke tokens of the second of the cutoff',
      brokenStore((store) => ({ revokeSubject: (sub, at = 0) => store.revokeSubject(sub, at - 1) })),
      /and including a second/,
    ],
    [
      'revokes tokens of the second after the cutoff',
      brokenStore((store) => ({ revokeSubject: (sub, at = 0) => store.revokeSubject(sub, at + 1) })),
      /after a cutoff/,
    ],
    [
      'revokes the later tokens of a subject as well',
      brokenStore((store) => ({ revokeSubject: (sub) => store.revokeSubject(sub, 9e10) })),
      /without a cutoff/,
    ],
    [
      'revokes the later tokens of a client as well',
      brokenStore((store) => ({
        revokeClient: async (clientId) => {
          await store.revokeClient(clientId)
          await store.revokeSubject(clientId, 9e10)
        },
      })),
      /of a client that were issued until now/,
    ],
    ['moves cutoffs back', lastCutoffStore, /later of two cutoffs/],
    [
      'ignores the case of subjects',
      brokenStore((store) => ({
        save: (token, record) => store.save(token, { ...record, ...(record.sub && { sub: record.sub.toLowerCase() }) }),
      })),
      /of a subject that were issued up to/,
    ],
    [
      'confuses sessions with subjects',
      brokenStore((store) => ({
        revokeSession: async (sessionId) => {
          await store.revokeSession(sessionId)
          await store.revokeSubject(sessionId)
        },
      })),
      /every token of a session/,
    ],
    [
      'does not revoke the refresh tokens of a grant',
      brokenStore((store) => ({
        save: (token, record) =>
          store.save(token, record.kind === 'refresh_token' ? { ...record, grantId: undefined } : record),
      })),
      /refresh tokens like access tokens/,
    ],
    [
      'forgets the grant of a token',
      brokenStore((store) => ({
        find: async (digest) => {
          const record = await store.find(digest)
          return record && { ...record, grantId: undefined }
        },
      })),
      /every member/,
    ],
    [
      'refuses to end a grant twice',
      () => {
        const ended = new Set<string>()
        return brokenStore((store) => ({
          revokeGrant: async (grantId) => {
            if (ended.has(grantId)) throw new Error('already ended')
            ended.add(grantId)
            await store.revokeGrant(grantId)
          },
        }))()
      },
      /client that is unknown or already revoked/,
    ],
    [
      'says that nothing was revoked',
      brokenStore(() => ({ isRevoked: () => false })),
      /remembers the revocation of a token/,
    ],
    ['says that everything was revoked', brokenStore(() => ({ isRevoked: () => true })), /before anybody revoked it/],
    [
      'forgets revocations of tokens that it does not hold',
      brokenStore((store) => ({ revoke: (token) => store.revoke(token) })),
      /remembers the revocation of a token/,
    ],
    [
      'removes the tombstone of a token that is revoked again',
      () => {
        const removed = new Set<string>()
        return brokenStore((store) => ({
          revoke: async (token, record) => {
            await store.revoke(token, record)
            if (record === undefined) removed.add(await digestToken(token))
          },
          isRevoked: (digest, record) => !removed.has(digest) && store.isRevoked(digest, record),
        }))()
      },
      /without a record/,
    ],
    [
      'keeps no tombstone of a token without exp',
      brokenStore((store) => ({
        revoke: (token, record) => store.revoke(token, record?.exp === undefined ? undefined : record),
      })),
      /without exp/,
    ],
    [
      'keeps the whole record of a revoked token',
      brokenStore((store) => ({
        revoke: (token, record) => (record ? store.save(token, { ...record, revoked: true }) : store.revoke(token)),
      })),
      /only kind, dates/,
    ],
    [
      'applies grants, sessions and cutoffs only to tokens that it holds',
      brokenStore((store) => ({
        isRevoked: async (digest) => Boolean((await store.find(digest))?.revoked),
      })),
      /with its grant/,
    ],
    [
      'judges a token it holds by the record of the caller',
      brokenStore((store) => ({
        isRevoked: (_digest, record) => store.isRevoked('none', record),
      })),
      /judges a token that it holds/,
    ],
    ['lets a later save revive a revoked token', revivingStore, /when it is saved again later/],
    ['lets a later save revive a token it did not hold', revivingStore, /when it is saved only afterwards/],
    ['lets a later save revive a token that was saved as revoked', revivingStore, /first saved with `revoked`/],
    [
      'recognises a revoked JWT only by its whole text',
      brokenStore((store) => ({
        isRevoked: (digest, record) => store.isRevoked(digest, { ...record, signedDigest: undefined }),
      })),
      /by its signed part/,
    ],
    [
      'ignores jti',
      brokenStore((store) => ({
        isRevoked: (digest, record) => store.isRevoked(digest, { ...record, jti: undefined }),
      })),
      /by its iss and jti/,
    ],
    [
      'finds a JWT by its signed part',
      brokenStore((store) => ({
        save: async (token, record) => {
          await store.save(signedContent(token), record)
          await store.save(token, record)
        },
      })),
      /with another signature/,
    ],
    [
      'takes tokens without iat for new ones',
      brokenStore((store) => ({
        isRevoked: (digest, record) => store.isRevoked(digest, { ...record, iat: record.iat ?? EXP }),
      })),
      /compares the iat/,
    ],
    [
      'confuses the client of a token it does not hold with its subject',
      brokenStore((store) => ({
        isRevoked: (digest, record) => store.isRevoked(digest, { ...record, client_id: record.sub }),
      })),
      /with its client/,
    ],
    ['shares the saved object', sharingStore, /after saving it/],
    ['shares the returned object', sharingStore, /that it returned/],
    [
      'finds a token by the token itself',
      brokenStore((store) => ({
        find: async (digest) => (await store.find(digest)) ?? (await store.find(await digestToken(digest))),
      })),
      /never by the token itself/,
    ],
  ])('a store that %s fails a case', async (_, create, title) => {
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
