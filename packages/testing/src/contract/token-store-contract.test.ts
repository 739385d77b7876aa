import { signedContent } from '@token-introspection/core'
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

/** A store that keeps the caller's object itself. */
function sharingStore(): WritableTokenStore {
  const records = new Map<string, TokenRecord>()
  return {
    ...createMemoryTokenStore(),
    find: (digest) => records.get(digest) ?? null,
    save: async (token, record) => void records.set(await digestToken(token), record),
    revoke: async (token) => void records.delete(await digestToken(token)),
  }
}

/** A store that revokes those tokens of somebody that it has now, and remembers nothing. */
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

/** A store with one cutoff per subject, the last. */
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

/** A late save undoes a revocation. */
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
    ['ignores the end of a grant', brokenStore(() => ({ revokeGrant: nothing })), /every token of a grant/],
    ['ignores the end of a session', brokenStore(() => ({ revokeSession: nothing })), /every token of a session/],
    ['ignores cutoffs', brokenStore(() => ({ revokeSubject: nothing })), /of a subject issued up to/],
    ['ignores clients', brokenStore(() => ({ revokeClient: nothing })), /of a client issued so far/],
    ['forgets ended grants', forgetfulStore, /after its grant was ended/],
    ['forgets ended sessions', forgetfulStore, /after its session was ended/],
    ['forgets cutoffs', forgetfulStore, /log in again/],
    [
      'takes the moment of a cutoff for after it',
      brokenStore((store) => ({ revokeSubject: (sub, at = 0) => store.revokeSubject(sub, at - 1) })),
      /its second included/,
    ],
    [
      'revokes a second too much',
      brokenStore((store) => ({ revokeSubject: (sub, at = 0) => store.revokeSubject(sub, at + 1) })),
      /log in again/,
    ],
    [
      'bars subjects for good',
      brokenStore((store) => ({ revokeSubject: (sub) => store.revokeSubject(sub, 9e10) })),
      /given no moment/,
    ],
    [
      'bars clients for good',
      brokenStore((store) => ({
        revokeClient: async (clientId) => {
          await store.revokeClient(clientId)
          await store.revokeSubject(clientId, 9e10)
        },
      })),
      /of a client issued so far/,
    ],
    ['moves cutoffs back', lastCutoffStore, /later of two moments/],
    [
      'folds the case of identifiers',
      brokenStore((store) => ({
        save: (token, record) => store.save(token, { ...record, ...(record.sub && { sub: record.sub.toLowerCase() }) }),
      })),
      /of a subject issued up to/,
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
      'cannot revoke the refresh tokens of a grant',
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
      'fails on a grant that was ended',
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
      /unknown or already revoked for revoked/,
    ],
    [
      'says that nothing was revoked',
      brokenStore(() => ({ isRevoked: () => false })),
      /remembers that a token was revoked/,
    ],
    [
      'says that everything was revoked',
      brokenStore(() => ({ isRevoked: () => true })),
      /as long as nobody revoked it/,
    ],
    [
      'forgets which tokens were revoked that it does not hold',
      brokenStore((store) => ({ revoke: (token) => store.revoke(token) })),
      /remembers that a token was revoked/,
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
      /nothing is said about it/,
    ],
    [
      'lets go of a tombstone without exp',
      brokenStore((store) => ({
        revoke: (token, record) => store.revoke(token, record?.exp === undefined ? undefined : record),
      })),
      /has no exp/,
    ],
    [
      'keeps everything about a token that was revoked',
      brokenStore((store) => ({
        revoke: (token, record) => (record ? store.save(token, { ...record, revoked: true }) : store.revoke(token)),
      })),
      /nothing but that it is revoked/,
    ],
    [
      'asks no cutoff about tokens it does not hold',
      brokenStore((store) => ({
        isRevoked: async (digest) => Boolean((await store.find(digest))?.revoked),
      })),
      /with its grant/,
    ],
    [
      'believes whoever asks about a token it holds',
      brokenStore((store) => ({
        isRevoked: (_digest, record) => store.isRevoked('none', record),
      })),
      /says of a token that it holds/,
    ],
    ['lets a late save revive a revoked token', revivingStore, /a save of it arrives late/],
    ['lets a late save revive a token it did not hold', revivingStore, /saved after it was revoked/],
    ['lets a late save revive what was saved as revoked', revivingStore, /was saved as revoked/],
    [
      'knows a revoked JWT by its text alone',
      brokenStore((store) => ({
        isRevoked: (digest, record) => store.isRevoked(digest, { ...record, signedDigest: undefined }),
      })),
      /by what is signed/,
    ],
    [
      'does not look at jti',
      brokenStore((store) => ({
        isRevoked: (digest, record) => store.isRevoked(digest, { ...record, jti: undefined }),
      })),
      /by its iss and jti/,
    ],
    [
      'finds a JWT by what is signed',
      brokenStore((store) => ({
        save: async (token, record) => {
          await store.save(signedContent(token), record)
          await store.save(token, record)
        },
      })),
      /another signature, which nobody/,
    ],
    [
      'takes tokens without iat for new',
      brokenStore((store) => ({
        isRevoked: (digest, record) => store.isRevoked(digest, { ...record, iat: record.iat ?? EXP }),
      })),
      /compares the iat/,
    ],
    [
      'confuses the clients of tokens it does not hold with their users',
      brokenStore((store) => ({
        isRevoked: (digest, record) => store.isRevoked(digest, { ...record, client_id: record.sub }),
      })),
      /with its client/,
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
