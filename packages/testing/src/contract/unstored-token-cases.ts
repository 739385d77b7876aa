/** What every token store must do when tokens are revoked that it does not hold, such as JWTs. */
import { encodeBase64url, signedContent } from '@token-introspection/core'
import { digestToken, type TokenRecord, type WritableTokenStore } from '@token-introspection/server'
import { type ContractCase, expectEqual } from './contract-case.ts'
import { EXP, expectEach, expectRevoked, findByToken, saveEach } from './expect-token.ts'

/** The cases about tokens that the store does not hold. */
export const UNSTORED_CASES: readonly ContractCase<WritableTokenStore>[] = [
  {
    title: 'says that a token it does not hold is not revoked, before anybody revoked it',
    async run(store) {
      await expectUnstored(store, 'contract-unstored', record('contract-unstored'), false)
      await expectUnstored(store, 'contract-unstored-bare', { kind: 'access_token' }, false)
      expectEqual(await findByToken(store, 'contract-unstored'), null, 'a token that was only asked about')
    },
  },
  {
    title: 'remembers the revocation of a token it does not hold, and of no other',
    async run(store) {
      const revoked = record('contract-unstored-one')
      await store.revoke('contract-unstored-one', revoked)
      await expectUnstored(store, 'contract-unstored-one', revoked, true)
      await expectUnstored(store, 'contract-unstored-two', revoked, false)
      await store.revoke('contract-unstored-one', revoked)
      await expectUnstored(store, 'contract-unstored-one', revoked, true)
    },
  },
  {
    title: 'keeps a token it does not hold revoked when it is revoked again without a record',
    async run(store) {
      const revoked = record('contract-unstored-again')
      await store.revoke('contract-unstored-again', revoked)
      await store.revoke('contract-unstored-again')
      await expectUnstored(store, 'contract-unstored-again', revoked, true)
    },
  },
  {
    title: 'remembers the revocation of a token without exp, or without any date',
    async run(store) {
      for (const bare of [{ kind: 'access_token', iat: PAST }, { kind: 'refresh_token' }] as const) {
        const token = `contract-unstored-${bare.kind}`
        await store.revoke(token, bare)
        await expectUnstored(store, token, bare, true)
      }
    },
  },
  {
    title: 'returns for a revoked token it does not hold only kind, dates and `revoked`',
    async run(store) {
      const { kind, iat, exp } = record('contract-unstored-private')
      await store.revoke('contract-unstored-private', record('contract-unstored-private'))
      const found = await findByToken(store, 'contract-unstored-private')
      const members = Object.entries(found ?? {}).filter(([, value]) => value !== null)
      expectEqual(Object.fromEntries(members), { kind, iat, exp, revoked: true }, 'the tombstone of a token')
    },
  },
  {
    title: 'revokes a token that it holds, with or without a record from the caller',
    async run(store) {
      await saveEach(store, ['contract-held-told', 'contract-held-untold', 'contract-held'])
      await store.revoke('contract-held-told', record('contract-held-told'))
      await store.revoke('contract-held-untold')
      expectRevoked(await findByToken(store, 'contract-held-untold'))
      await expectUnstored(store, 'contract-held-told', record('contract-held-told'), true)
      await expectUnstored(store, 'contract-held', record('contract-held'), false)
      await expectEach(store, ['contract-held'])
    },
  },
  {
    title: 'judges a token that it holds by its own record, whatever the record of the caller lacks',
    async run(store) {
      const bare: TokenRecord = { kind: 'access_token' }
      const sub = 'contract-held-subject'
      await store.save('contract-held-revoked', { ...record('contract-held-revoked'), revoked: true })
      await store.save('contract-held-before', { kind: 'access_token', sub, iat: PAST, exp: EXP })
      await store.save('contract-held-after', { kind: 'access_token', sub, iat: PAST + 1, exp: EXP })
      await store.revokeSubject(sub, PAST)
      // The store may have deleted a token that was revoked with others. It must not say that the token is not revoked.
      await expectUnstored(store, 'contract-held-revoked', bare, true)
      await expectUnstored(store, 'contract-held-before', { kind: 'access_token', sub, iat: PAST }, true)
      await expectUnstored(store, 'contract-held-after', bare, false)
    },
  },
  {
    title: 'keeps a token revoked when it is saved only afterwards',
    async run(store) {
      await store.revoke('contract-unstored-saved', record('contract-unstored-saved'))
      await saveEach(store, ['contract-unstored-saved'])
      expectRevoked(await findByToken(store, 'contract-unstored-saved'))
      await expectUnstored(store, 'contract-unstored-saved', record('contract-unstored-saved'), true)
    },
  },
  {
    title: 'recognises a revoked JWT by its signed part, whatever its signature, and no other JWT',
    async run(store) {
      const [jwt, respelt] = [jwtOf('contract-signed', 'AAAA'), jwtOf('contract-signed', 'AAAB')]
      const known = { ...record('contract-signed'), signedDigest: await digestToken(signedContent(jwt)) }
      const other = jwtOf('contract-signed-2', 'AAAA')
      const otherKnown = { ...record('contract-signed'), signedDigest: await digestToken(signedContent(other)) }
      await expectUnstored(store, respelt, known, false)
      await store.revoke(jwt, known)
      await expectUnstored(store, jwt, known, true)
      await expectUnstored(store, respelt, known, true)
      await expectUnstored(store, other, otherKnown, false)
    },
  },
  {
    title: 'recognises a JWT that was saved as revoked by its signed part, and by its iss and jti',
    async run(store) {
      const [jwt, respelt] = [jwtOf('contract-saved-jwt', 'AAAA'), jwtOf('contract-saved-jwt', 'AAAB')]
      const claims = { iss: 'https://as.example.com', jti: 'contract-saved-jti' }
      const known = { ...record('contract-saved-jwt'), ...claims }
      const signedDigest = await digestToken(signedContent(jwt))
      await expectUnstored(store, respelt, { ...known, signedDigest }, false)
      await store.save(jwt, { ...known, revoked: true })
      await expectUnstored(store, jwt, { ...known, signedDigest }, true)
      await expectUnstored(store, respelt, { ...known, signedDigest }, true)
      await expectUnstored(store, jwtOf('contract-saved-jwt-2', 'AAAA'), known, true)
      await store.save(respelt, known)
      expectRevoked(await findByToken(store, jwt))
      await expectUnstored(store, respelt, { ...known, signedDigest }, true)
    },
  },
  {
    title: 'recognises a revoked JWT by its iss and jti, and no other jti or issuer',
    async run(store) {
      const claims = { iss: 'https://as.example.com', jti: 'contract-jti' }
      const known: TokenRecord = { ...record('contract-jti'), ...claims }
      await store.revoke(jwtOf('contract-jti', 'AAAA'), known)
      const respelt = jwtOf('contract-jti', 'AAAB')
      await expectUnstored(store, respelt, known, true)
      await expectUnstored(store, respelt, { ...known, jti: 'contract-JTI' }, false)
      await expectUnstored(store, respelt, { ...known, iss: 'https://as.example.com/' }, false)
      await expectUnstored(store, respelt, { ...known, jti: undefined }, false)
    },
  },
  {
    title: 'keeps a JWT revoked when it is saved after it was revoked with a different signature',
    async run(store) {
      const jwt = jwtOf('contract-signed-late', 'AAAA')
      await store.revoke(jwtOf('contract-signed-late', 'AAAB'), record('contract-signed-late'))
      await store.save(jwt, record('contract-signed-late'))
      expectRevoked(await findByToken(store, jwt))
    },
  },
  {
    title: 'never finds a JWT that it holds by the same JWT with another signature',
    async run(store) {
      await store.save(jwtOf('contract-forged', 'AAAA'), record('contract-forged'))
      expectEqual(await findByToken(store, jwtOf('contract-forged', 'AAAB')), null, 'a JWT with another signature')
      expectEqual(await findByToken(store, signedContent(jwtOf('contract-forged', 'AAAA'))), null, 'an unsigned JWT')
    },
  },
  ...(['grantId', 'sessionId'] as const).map(endingCase),
  ...(['sub', 'client_id'] as const).map(cutoffCase),
  {
    title: 'compares the iat of a token it does not hold with a cutoff, the second of the cutoff included',
    async run(store) {
      const sub = 'contract-unstored-moment'
      await store.revokeSubject(sub, PAST)
      const issued = [PAST - 1, PAST, PAST + 1].map((iat) => isRevoked(store, sub, { kind: 'access_token', sub, iat }))
      expectEqual(await Promise.all(issued), [true, true, false], 'tokens issued before, then and after')
      // A token without a comparable date counts as issued before the cutoff.
      const undated = [undefined, PAST * 2000, PAST + 0.5, -1].map((iat) =>
        isRevoked(store, sub, { kind: 'access_token', sub, iat }),
      )
      expectEqual(await Promise.all(undated), [true, true, true, true], 'tokens without a date that can be compared')
    },
  },
]

/** A moment in the past: 2001-09-09, in seconds. */
const PAST = 1_000_000_000

/** A moment in the future: 2099-12-31, in seconds. */
const FUTURE = EXP - 1

/** A text in the form of a JWT. Nothing here verifies it. */
function jwtOf(name: string, signature: string): string {
  return `${encodePart({ alg: 'ES256', typ: 'at+jwt' })}.${encodePart({ sub: name })}.${signature}`
}

function encodePart(value: object): string {
  return encodeBase64url(new TextEncoder().encode(JSON.stringify(value)))
}

/** The record of a verified JWT. */
function record(name: string): TokenRecord {
  return {
    kind: 'access_token',
    client_id: `${name}-client`,
    sub: `${name}-subject`,
    username: name,
    aud: 'https://orders.example.com',
    iat: PAST,
    exp: EXP,
    grantId: `${name}-grant`,
    sessionId: `${name}-session`,
    claims: { tenant: name },
  }
}

/** Grants and sessions end for good, whenever a token was issued. */
function endingCase(name: 'grantId' | 'sessionId'): ContractCase<WritableTokenStore> {
  const what = name === 'grantId' ? 'grant' : 'session'
  return {
    title: `says that a token it does not hold was revoked with its ${what}, whatever its iat`,
    async run(store) {
      const ended = `contract-unstored-${what}-%`
      await (name === 'grantId' ? store.revokeGrant(ended) : store.revokeSession(ended))
      for (const iat of [PAST, FUTURE, undefined]) {
        await expectUnstored(store, ended, { kind: 'access_token', [name]: ended, iat }, true)
        await expectUnstored(store, ended, { kind: 'access_token', [name]: ended.toUpperCase(), iat }, false)
        await expectUnstored(store, ended, { kind: 'access_token', sub: ended, client_id: ended, iat }, false)
      }
    },
  }
}

/** Subjects and clients have a cutoff: tokens issued until then are revoked. */
function cutoffCase(name: 'sub' | 'client_id'): ContractCase<WritableTokenStore> {
  const what = name === 'sub' ? 'user' : 'client'
  return {
    title: `says that a token it does not hold was revoked with its ${what}, if it was issued before the cutoff`,
    async run(store) {
      const revoked = `contract-unstored-${what}`
      const other = name === 'sub' ? 'client_id' : 'sub'
      await (name === 'sub' ? store.revokeSubject(revoked) : store.revokeClient(revoked))
      for (const [iat, expected] of [
        [PAST, true],
        [undefined, true],
        [FUTURE, false],
      ] as const) {
        await expectUnstored(store, revoked, { kind: 'access_token', [name]: revoked, iat }, expected)
      }
      await expectUnstored(store, revoked, { kind: 'access_token', [other]: revoked, grantId: revoked }, false)
    },
  }
}

async function isRevoked(store: WritableTokenStore, token: string, known: TokenRecord): Promise<boolean> {
  return await store.isRevoked(await digestToken(token), known)
}

async function expectUnstored(
  store: WritableTokenStore,
  token: string,
  known: TokenRecord,
  expected: boolean,
): Promise<void> {
  expectEqual(await isRevoked(store, token, known), expected, 'whether a token is revoked')
}
