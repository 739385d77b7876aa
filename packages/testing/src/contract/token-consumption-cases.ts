/** What every token store must do that can consume tokens. */
import { type ConsumingTokenStore, digestToken, type TokenRecord } from '@token-introspection/server'
import { type ContractCase, expectEqual } from './contract-case.ts'
import { EXP, expectEach, expectRevoked, findByToken, saveEach } from './expect-token.ts'

/** When the tokens of these cases are consumed, in seconds. */
const AT = 2_000_000_000

/** The cases about consuming. */
export const CONSUMPTION_CASES: readonly ContractCase<ConsumingTokenStore>[] = [
  {
    title: 'consumes a token once, and then returns its whole record with `revoked` and `consumedAt`',
    async run(store) {
      const record = refreshToken('contract-consumed', { scope: 'a b', aud: ['urn:a'], claims: { tenant: 'acme' } })
      await store.save('contract-consumed', record)
      expectEqual(await consume(store, 'contract-consumed', AT), true, 'the first call')
      const consumed = { ...record, revoked: true, consumedAt: AT }
      expectEqual(present(await findByToken(store, 'contract-consumed')), consumed, 'the record after it')
      expectEqual(await consume(store, 'contract-consumed', AT + 1), false, 'the second call')
      expectEqual(present(await findByToken(store, 'contract-consumed')), consumed, 'the record after the second call')
    },
  },
  {
    title: 'consumes one token and no other',
    async run(store) {
      await saveEach(store, ['contract-consume-one', 'contract-consume-other'])
      expectEqual(await consume(store, 'contract-consume-one'), true, 'the call')
      await expectEach(store, ['contract-consume-other'])
    },
  },
  {
    title: 'lets one of many calls at once consume a token',
    async run(store) {
      for (let round = 0; round < 10; round++) {
        const token = `contract-consume-race-${round}`
        await store.save(token, refreshToken(token))
        // All at the same second, so that the records that they would write are the same.
        const calls = await Promise.all(Array.from({ length: 20 }, () => consume(store, token)))
        expectEqual(calls.filter(Boolean).length, 1, 'the calls that consumed the token')
      }
    },
  },
  {
    title: 'consumes a consumed token again as often as it is told, and counts it',
    async run(store) {
      const record = refreshToken('contract-repeated', { scope: 'a b', claims: { tenant: 'acme' } })
      await store.save('contract-repeated', record)
      expectEqual(await consume(store, 'contract-repeated', AT, 2), true, 'the first call')
      const consumed = { ...record, revoked: true, consumedAt: AT }
      expectEqual(present(await findByToken(store, 'contract-repeated')), consumed, 'the record after it')
      for (const repetitions of [1, 2]) {
        expectEqual(await consume(store, 'contract-repeated', AT + 1, 2), true, `repetition ${repetitions}`)
        const counted = { ...consumed, repetitions }
        expectEqual(present(await findByToken(store, 'contract-repeated')), counted, 'the record after it')
      }
      expectEqual(await consume(store, 'contract-repeated', AT + 1, 2), false, 'a third repetition')
      expectEqual(await consume(store, 'contract-repeated', AT + 1), false, 'a call without repetitions')
      const last = { ...consumed, repetitions: 2 }
      expectEqual(present(await findByToken(store, 'contract-repeated')), last, 'the record after the refused calls')
    },
  },
  {
    title: 'lets no more of many calls at once repeat a token than it is told',
    async run(store) {
      for (const [index, most] of [1, 3, 10].entries()) {
        const token = `contract-repeat-race-${index}`
        await store.save(token, refreshToken(token))
        const calls = await Promise.all(Array.from({ length: 20 }, () => consume(store, token, AT, most)))
        expectEqual(calls.filter(Boolean).length, 1 + most, 'the calls that consumed the token')
      }
    },
  },
  {
    title: 'does not repeat a token that was revoked, or whose grant was ended',
    async run(store) {
      const [revoked, ended] = ['contract-repeat-revoked', 'contract-repeat-ended'] as const
      for (const token of [revoked, ended]) {
        await store.save(token, refreshToken(token))
        await consume(store, token, AT, 10)
      }
      await store.revoke(revoked, refreshToken(revoked))
      await store.revokeGrant(`${ended}-grant`)
      for (const token of [revoked, ended]) {
        expectEqual(await consume(store, token, AT, 10), false, `a call for ${token}`)
      }
    },
  },
  {
    title: 'revokes a consumed token, with its record and without it, so that it is not repeated',
    async run(store) {
      const other = 'contract-used-other'
      await store.save(other, refreshToken(other))
      await consume(store, other, AT, 10)
      for (const told of [false, true]) {
        for (const uses of [1, 2]) {
          const token = `contract-used-${told}-${uses}`
          const record = refreshToken(token)
          await store.save(token, record)
          for (let use = 0; use < uses; use++) expectEqual(await consume(store, token, AT, 10), true, 'a use')
          await (told ? store.revoke(token, record) : store.revoke(token))
          expectEqual(await consume(store, token, AT, 10), false, `a use after the revocation, record given: ${told}`)
          const found = await findByToken(store, token)
          expectRevoked(found)
          expectEqual(found?.consumedAt ?? null, null, 'consumedAt after the revocation')
        }
      }
      expectEqual(await consume(store, other, AT, 10), true, 'a use of another token')
    },
  },
  {
    title: 'does not consume a token that is unknown, revoked, or ended',
    async run(store) {
      expectEqual(await consume(store, 'contract-consume-unknown'), false, 'a call for an unknown token')
      const names = ['revoked', 'grantId', 'sessionId', 'sub', 'client_id'].map((name) => `contract-consume-${name}`)
      const [revoked, grantId, sessionId, sub, client_id] = names as [string, string, string, string, string]
      await store.save(revoked, refreshToken(revoked))
      await store.revoke(revoked)
      await store.save(grantId, refreshToken('contract-consume-ended', { grantId }))
      await store.save(sessionId, refreshToken('contract-consume-ended-2', { sessionId }))
      await store.save(sub, refreshToken('contract-consume-ended-3', { sub, iat: 1 }))
      await store.save(client_id, refreshToken('contract-consume-ended-4', { client_id, iat: 1 }))
      await store.revokeGrant(grantId)
      await store.revokeSession(sessionId)
      await store.revokeSubject(sub)
      await store.revokeClient(client_id)
      for (const token of names) expectEqual(await consume(store, token), false, `a call for ${token}`)
    },
  },
  {
    title: 'keeps a token consumed when it is saved again later',
    async run(store) {
      const record = refreshToken('contract-consume-late')
      await store.save('contract-consume-late', record)
      await consume(store, 'contract-consume-late')
      for (const late of [record, { ...record, scope: 'again' }]) {
        await store.save('contract-consume-late', late)
        expectRevoked(await findByToken(store, 'contract-consume-late'))
        expectEqual(await consume(store, 'contract-consume-late'), false, 'a call after the late save')
      }
    },
  },
  {
    title: 'no longer returns a token as consumed after its grant, session, user or client was revoked',
    async run(store) {
      const token = 'contract-consumed-ended'
      const ends = [
        [{ grantId: `${token}-grant` }, () => store.revokeGrant(`${token}-grant`)],
        [{ sessionId: `${token}-session` }, () => store.revokeSession(`${token}-session`)],
        [{ sub: `${token}-sub`, iat: 1 }, () => store.revokeSubject(`${token}-sub`)],
        [{ client_id: `${token}-client`, iat: 1 }, () => store.revokeClient(`${token}-client`)],
      ] as const
      for (const [index, [members, end]] of ends.entries()) {
        await store.save(`${token}-${index}`, refreshToken(`${token}-of-${index}`, members))
        await consume(store, `${token}-${index}`)
        await end()
        const found = await findByToken(store, `${token}-${index}`)
        expectRevoked(found)
        expectEqual(found?.consumedAt ?? null, null, 'consumedAt after the revocation')
      }
    },
  },
  {
    title:
      'refuses to consume a token at a moment in milliseconds, or again a number of times that is none from 0 to 10',
    async run(store) {
      await store.save('contract-consume-moment', refreshToken('contract-consume-moment'))
      const digest = await digestToken('contract-consume-moment')
      for (const [at, repetitions] of [[AT * 1000], [AT, 11], [AT, -1], [AT, 1.5]] as const) {
        const error = await store.consume(digest, at, repetitions).then(
          () => undefined,
          (reason: unknown) => reason,
        )
        if (!(error instanceof TypeError)) throw new Error(`expected a TypeError for ${at}, ${repetitions}`)
      }
      expectEqual(await consume(store, 'contract-consume-moment'), true, 'a call after the refused one')
    },
  },
]

async function consume(store: ConsumingTokenStore, token: string, at = AT, repetitions?: number): Promise<boolean> {
  return await store.consume(await digestToken(token), at, repetitions)
}

function refreshToken(name: string, members: Partial<TokenRecord> = {}): TokenRecord {
  return { kind: 'refresh_token', sub: name, client_id: name, grantId: `${name}-grant`, exp: EXP, ...members }
}

/** A store may return absent members as `null`. */
function present(record: TokenRecord | null): unknown {
  return record && Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null))
}
