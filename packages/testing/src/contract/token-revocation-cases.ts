/** What every token store must do when tokens are revoked that it holds, or that are saved later. */
import type { TokenRecord, WritableTokenStore } from '@token-introspection/server'
import type { ContractCase } from './contract-case.ts'
import { EXP, expectEach, expectRevoked, findByToken, requireFound, saveEach } from './expect-token.ts'

/** The cases about revocation. */
export const REVOCATION_CASES: readonly ContractCase<WritableTokenStore>[] = [
  {
    title: 'deletes a revoked token, or returns it with `revoked`',
    async run(store) {
      await store.save('contract-revoked', { kind: 'access_token', sub: 'alice', exp: EXP })
      await store.revoke('contract-revoked')
      expectRevoked(await findByToken(store, 'contract-revoked'))
    },
  },
  {
    title: 'revokes one token and no other',
    async run(store) {
      await saveEach(store, ['contract-one', 'contract-other'])
      await store.revoke('contract-one')
      expectRevoked(await findByToken(store, 'contract-one'))
      await expectEach(store, ['contract-other'])
    },
  },
  {
    title: 'accepts to revoke a token that is unknown or already revoked',
    async run(store) {
      await store.revoke('contract-never-saved')
      expectRevoked(await findByToken(store, 'contract-never-saved'))
      await store.save('contract-revoked-twice', { kind: 'access_token', exp: EXP })
      await store.revoke('contract-revoked-twice')
      await store.revoke('contract-revoked-twice')
      expectRevoked(await findByToken(store, 'contract-revoked-twice'))
    },
  },
  {
    title: 'keeps a token revoked when it is saved again later, once or more often',
    async run(store) {
      for (const told of [false, true]) {
        const token = `contract-late-save-${told}`
        const record: TokenRecord = { kind: 'access_token', sub: 'alice', exp: EXP }
        await store.save(token, record)
        await (told ? store.revoke(token, record) : store.revoke(token))
        for (const late of [record, { ...record, scope: 'again' }, { ...record, exp: EXP + 60 }]) {
          await store.save(token, late)
          expectRevoked(await findByToken(store, token))
        }
      }
    },
  },
  {
    title: 'keeps a token revoked when it is saved and revoked at the same time',
    async run(store) {
      const record: TokenRecord = { kind: 'access_token', sub: 'alice', exp: EXP }
      const tokens = Array.from({ length: 20 }, (_, index) => `contract-race-${index}`)
      await Promise.all(
        tokens.map(async (token) => {
          await store.save(token, record)
          await Promise.all([store.save(token, record), store.revoke(token, record), store.save(token, record)])
          expectRevoked(await findByToken(store, token))
          await store.save(token, record)
          expectRevoked(await findByToken(store, token))
        }),
      )
    },
  },
  {
    title: 'keeps a token revoked when it was first saved with `revoked`',
    async run(store) {
      const record: TokenRecord = { kind: 'access_token', sub: 'alice', exp: EXP }
      await store.save('contract-saved-revoked', { revoked: true, ...record })
      await store.save('contract-saved-revoked', record)
      expectRevoked(await findByToken(store, 'contract-saved-revoked'))
    },
  },
  ...(['grantId', 'sessionId'] as const).flatMap(endingCases),
  {
    title: 'revokes the tokens of a subject that were issued up to and including a second, or have no iat',
    async run(store) {
      const sub = 'contract-cutoff'
      await saveIssued(store, { sub }, 'contract-cutoff', [CUTOFF - 1, CUTOFF, CUTOFF + 1, undefined])
      await saveIssued(store, { sub: 'contract-Cutoff' }, 'contract-cutoff-other', [CUTOFF])
      await store.revokeSubject(sub, CUTOFF)
      await expectIssued(store, 'contract-cutoff', { revoked: [CUTOFF - 1, CUTOFF, undefined], live: [CUTOFF + 1] })
      await expectIssued(store, 'contract-cutoff-other', { revoked: [], live: [CUTOFF] })
    },
  },
  {
    title: 'after a cutoff, keeps new tokens of the subject live, and revokes older ones that are saved later',
    async run(store) {
      const sub = 'contract-login'
      await store.revokeSubject(sub, CUTOFF)
      await saveIssued(store, { sub }, 'contract-login', [CUTOFF, CUTOFF + 1])
      await expectIssued(store, 'contract-login', { revoked: [CUTOFF], live: [CUTOFF + 1] })
    },
  },
  {
    title: 'uses the later of two cutoffs for one subject, in either order',
    async run(store) {
      const sub = 'contract-moments'
      const issued = [CUTOFF + 5, CUTOFF + 15, CUTOFF + 25]
      await saveIssued(store, { sub }, sub, issued)
      await store.revokeSubject(sub, CUTOFF + 10)
      await store.revokeSubject(sub, CUTOFF)
      await expectIssued(store, sub, { revoked: [CUTOFF + 5], live: [CUTOFF + 15, CUTOFF + 25] })
      await store.revokeSubject(sub, CUTOFF + 20)
      await expectIssued(store, sub, { revoked: [CUTOFF + 5, CUTOFF + 15], live: [CUTOFF + 25] })
    },
  },
  {
    title: 'without a cutoff, revokes the tokens of a subject that were issued until now',
    async run(store) {
      const sub = 'contract-now'
      await saveIssued(store, { sub }, sub, [CUTOFF, undefined, FUTURE])
      await store.revokeSubject(sub)
      await expectIssued(store, sub, { revoked: [CUTOFF, undefined], live: [FUTURE] })
    },
  },
  {
    title: 'revokes the tokens of a client that were issued until now, and of no other client',
    async run(store) {
      const client_id = 'contract-client'
      await saveIssued(store, { client_id }, client_id, [CUTOFF, undefined, FUTURE])
      await saveIssued(store, { client_id: 'contract-client-2' }, 'contract-client-2', [CUTOFF])
      await saveIssued(store, { sub: client_id }, 'contract-clientless', [CUTOFF])
      await store.revokeClient(client_id)
      await expectIssued(store, client_id, { revoked: [CUTOFF, undefined], live: [FUTURE] })
      await expectIssued(store, 'contract-client-2', { revoked: [], live: [CUTOFF] })
      await expectIssued(store, 'contract-clientless', { revoked: [], live: [CUTOFF] })
    },
  },
  {
    title: 'revokes refresh tokens like access tokens',
    async run(store) {
      const kind = 'refresh_token'
      const tokens = ['grant', 'session', 'subject', 'client'].map((name) => `contract-refresh-${name}`)
      const [grantId, sessionId, sub, client_id] = tokens as [string, string, string, string]
      await store.save(grantId, { kind, grantId, exp: EXP })
      await store.save(sessionId, { kind, sessionId, exp: EXP })
      await store.save(sub, { kind, sub, exp: EXP, iat: CUTOFF })
      await store.save(client_id, { kind, client_id, exp: EXP, iat: CUTOFF })
      await store.revokeGrant(grantId)
      await store.revokeSession(sessionId)
      await store.revokeSubject(sub)
      await store.revokeClient(client_id)
      for (const token of tokens) expectRevoked(await findByToken(store, token))
    },
  },
  {
    title: 'accepts to revoke a grant, session, subject or client that is unknown or already revoked',
    async run(store) {
      const identifier = 'contract-nobody'
      for (let times = 0; times < 2; times++) {
        await store.revokeGrant(identifier)
        await store.revokeSession(identifier)
        await store.revokeSubject(identifier, CUTOFF)
        await store.revokeClient(identifier)
      }
      await saveEach(store, ['contract-somebody'])
      await expectEach(store, ['contract-somebody'])
    },
  },
]

/** A moment in the past: 2001-09-09, in seconds. */
const CUTOFF = 1_000_000_000

/** One second before the tokens expire, in 2100: tokens issued then count as issued after a revocation made now. */
const FUTURE = EXP - 1

/** Grants and sessions end for good, whenever a token was issued. */
function endingCases(name: 'grantId' | 'sessionId'): ContractCase<WritableTokenStore>[] {
  const what = name === 'grantId' ? 'grant' : 'session'
  const end = (store: WritableTokenStore, identifier: string): Promise<unknown> =>
    name === 'grantId' ? store.revokeGrant(identifier) : store.revokeSession(identifier)
  return [
    {
      title: `revokes every token of a ${what}, whatever its iat, and no other token`,
      async run(store) {
        const [ended, other] = [`contract-${what}-ended`, `contract-${what.toUpperCase()}-ended`]
        await saveIssued(store, { [name]: ended }, ended, [CUTOFF, undefined, FUTURE])
        await saveIssued(store, { [name]: other }, other, [CUTOFF])
        await saveIssued(store, { sub: ended, client_id: ended }, `contract-${what}less`, [CUTOFF])
        await end(store, ended)
        await expectIssued(store, ended, { revoked: [CUTOFF, undefined, FUTURE], live: [] })
        await expectIssued(store, other, { revoked: [], live: [CUTOFF] })
        await expectIssued(store, `contract-${what}less`, { revoked: [], live: [CUTOFF] })
      },
    },
    {
      title: `revokes a token that is saved after its ${what} was ended`,
      async run(store) {
        const ended = `contract-${what}-late`
        await end(store, ended)
        await saveIssued(store, { [name]: ended }, ended, [CUTOFF, FUTURE])
        await expectIssued(store, ended, { revoked: [CUTOFF, FUTURE], live: [] })
      },
    },
    {
      title: `distinguishes a ${what} from identifiers that look like patterns or SQL statements`,
      async run(store) {
        const odd = ['%', '*', "'; --", '__proto__', 'null'].map((text) => `contract-${what}-${text}`)
        for (const identifier of odd) await saveIssued(store, { [name]: identifier }, identifier, [CUTOFF])
        for (const [index, identifier] of odd.entries()) {
          await end(store, identifier)
          await expectIssued(store, identifier, { revoked: [CUTOFF], live: [] })
          for (const later of odd.slice(index + 1)) await expectIssued(store, later, { revoked: [], live: [CUTOFF] })
        }
      },
    },
  ]
}

/** Saves one token for each `iat`. */
async function saveIssued(
  store: WritableTokenStore,
  members: Partial<TokenRecord>,
  prefix: string,
  moments: readonly (number | undefined)[],
): Promise<void> {
  for (const iat of moments) {
    const record: TokenRecord = { kind: 'access_token', ...members, exp: EXP }
    await store.save(`${prefix}@${iat}`, iat === undefined ? record : { ...record, iat })
  }
}

async function expectIssued(
  store: WritableTokenStore,
  prefix: string,
  { revoked, live }: Readonly<Record<'revoked' | 'live', readonly (number | undefined)[]>>,
): Promise<void> {
  for (const iat of revoked) expectRevoked(await findByToken(store, `${prefix}@${iat}`))
  for (const iat of live) {
    const record = requireFound(await findByToken(store, `${prefix}@${iat}`))
    if (record.revoked) throw new Error(`a token issued at ${iat} was found revoked, but nobody revoked it`)
  }
}
