/** What every token store must do, written once and run against each of them. */
import { digestToken, type TokenRecord, type WritableTokenStore } from '@token-introspection/server'
import { type ContractCase, expectEqual } from './contract-case.ts'

/** 2100-01-01: no store may sweep a token of these cases while they run. */
const EXP = 4_102_444_800

/**
 * The contract of the `TokenStore` and `WritableTokenStore` seams, one case per promise. The cases use tokens of their
 * own and leave them behind, so give them a store that may be thrown away; it need not be empty, and one store may serve
 * all of them. A case fails by rejecting, so any test runner will do.
 *
 * @returns the cases, in no order that matters.
 *
 * @example
 * ```ts
 * import { createMemoryTokenStore } from '@token-introspection/server'
 * import { tokenStoreContract } from '@token-introspection/testing'
 * import { describe, test } from 'vitest'
 *
 * describe('my token store', () => {
 *   for (const { title, run } of tokenStoreContract()) {
 *     test(title, () => run(createMemoryTokenStore())) // your store here
 *   }
 * })
 * ```
 */
export function tokenStoreContract(): readonly ContractCase<WritableTokenStore>[] {
  return CASES
}

const CASES: readonly ContractCase<WritableTokenStore>[] = [
  {
    title: 'finds nothing for a token it was never given',
    async run(store) {
      expectEqual(await findByToken(store, 'contract-unknown'), null, 'an unknown token')
    },
  },
  {
    title: 'keeps every member of a record, with unicode, nesting and empty values',
    async run(store) {
      await store.save('contract-round-trip', FULL)
      expectRecord(await findByToken(store, 'contract-round-trip'), FULL)
    },
  },
  {
    title: 'keeps a record that has nothing but its kind',
    async run(store) {
      const record: TokenRecord = { kind: 'refresh_token' }
      await store.save('contract-bare', record)
      expectRecord(await findByToken(store, 'contract-bare'), record)
    },
  },
  {
    title: 'replaces the record of a token that is saved again',
    async run(store) {
      await store.save('contract-replaced', { kind: 'access_token', sub: 'alice', scope: 'read', exp: EXP })
      await store.save('contract-replaced', { kind: 'access_token', sub: 'bob', exp: EXP })
      expectRecord(await findByToken(store, 'contract-replaced'), { kind: 'access_token', sub: 'bob', exp: EXP })
    },
  },
  {
    title: 'tells tokens apart by case, by one character, by white space and by composition',
    async run(store) {
      const tokens = ['Token', 'token', 'token ', 'tokem', 'tok\u00e9n', 'toke\u0301n'].map(
        (token) => `contract-${token}`,
      )
      await saveEach(store, tokens)
      await expectEach(store, tokens)
    },
  },
  {
    title: 'tells very long tokens apart by their last character',
    async run(store) {
      const tokens = ['a', 'b'].map((last) => `contract-${'x'.repeat(100_000)}${last}`)
      await saveEach(store, tokens)
      await expectEach(store, tokens)
    },
  },
  {
    title: 'takes tokens that look like keys, patterns or statements for what they are',
    async run(store) {
      const tokens = ['__proto__', 'constructor', 'contract-*', '%', "contract'; --", 'contract:a:b', 'contract-\u0000']
      await saveEach(store, tokens)
      await expectEach(store, tokens)
    },
  },
  {
    title: 'forgets a revoked token, or says that it is revoked',
    async run(store) {
      await store.save('contract-revoked', { kind: 'access_token', sub: 'alice', exp: EXP })
      await store.revoke('contract-revoked')
      expectRevoked(await findByToken(store, 'contract-revoked'))
    },
  },
  {
    title: 'revokes one token and leaves the others alone',
    async run(store) {
      await saveEach(store, ['contract-one', 'contract-other'])
      await store.revoke('contract-one')
      expectRevoked(await findByToken(store, 'contract-one'))
      await expectEach(store, ['contract-other'])
    },
  },
  {
    title: 'takes a token that is unknown or already revoked for revoked',
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
    title: 'is not changed by changes to a record after it was saved',
    async run(store) {
      const audience = ['https://orders.example.com']
      const claims = { tenant: 'acme', roles: ['reader'] }
      const record: TokenRecord = { kind: 'access_token', sub: 'alice', aud: audience, exp: EXP, claims }
      await store.save('contract-changed-after', record)
      const expected = structuredClone(record)
      record.sub = 'mallory'
      audience.push('https://admin.example.com')
      claims.roles.push('admin')
      expectRecord(await findByToken(store, 'contract-changed-after'), expected)
    },
  },
  {
    title: 'is not changed by changes to a record it returned',
    async run(store) {
      const record: TokenRecord = {
        kind: 'access_token',
        sub: 'alice',
        aud: ['https://orders.example.com'],
        exp: EXP,
        claims: { roles: ['reader'] },
      }
      const expected = structuredClone(record)
      await store.save('contract-changed-result', record)
      const found = requireFound(await findByToken(store, 'contract-changed-result'))
      // A store may refuse the change by freezing what it returns.
      attempt(() => Object.assign(found, { sub: 'mallory' }))
      attempt(() => (found.aud as string[]).push('https://admin.example.com'))
      attempt(() => (found.claims as { roles: string[] }).roles.push('admin'))
      expectRecord(await findByToken(store, 'contract-changed-result'), expected)
    },
  },
  {
    title: 'finds by digest and never by the token itself',
    async run(store) {
      await saveEach(store, ['contract-raw'])
      expectEqual(await store.find('contract-raw'), null, 'looking for a token where a digest belongs')
      await expectEach(store, ['contract-raw'])
    },
  },
  ...(['grantId', 'sessionId'] as const).flatMap(endingCases),
  {
    title: 'revokes the tokens of a subject issued up to a moment, its second included, and those that do not say when',
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
    title:
      'lets a subject log in again after its tokens were revoked, and revokes what was issued before and saved late',
    async run(store) {
      const sub = 'contract-login'
      await store.revokeSubject(sub, CUTOFF)
      await saveIssued(store, { sub }, 'contract-login', [CUTOFF, CUTOFF + 1])
      await expectIssued(store, 'contract-login', { revoked: [CUTOFF], live: [CUTOFF + 1] })
    },
  },
  {
    title: 'holds the later of two moments for one subject, whichever came first',
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
    title: 'revokes the tokens of a subject issued so far when it is given no moment',
    async run(store) {
      const sub = 'contract-now'
      await saveIssued(store, { sub }, sub, [CUTOFF, undefined, FUTURE])
      await store.revokeSubject(sub)
      await expectIssued(store, sub, { revoked: [CUTOFF, undefined], live: [FUTURE] })
    },
  },
  {
    title: 'revokes the tokens of a client issued so far, and those of no other',
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
    title: 'takes a grant, session, subject or client that is unknown or already revoked for revoked',
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
  {
    title: 'keeps all of a thousand tokens saved at once',
    async run(store) {
      const tokens = Array.from({ length: 1000 }, (_, index) => `contract-concurrent-${index}`)
      await saveEach(store, tokens)
      await expectEach(store, tokens)
    },
  },
]

/** A moment that is past by any clock. */
const CUTOFF = 1_000_000_000

/** A second before the tokens expire, which no clock has reached: what is issued after a revocation that is made now. */
const FUTURE = EXP - 1

/** What ends for good: a grant, or a session. */
function endingCases(name: 'grantId' | 'sessionId'): ContractCase<WritableTokenStore>[] {
  const what = name === 'grantId' ? 'grant' : 'session'
  const end = (store: WritableTokenStore, identifier: string): Promise<void> =>
    name === 'grantId' ? store.revokeGrant(identifier) : store.revokeSession(identifier)
  return [
    {
      title: `revokes every token of a ${what}, whenever it was issued, and no other token`,
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
      title: `revokes a token that is saved a moment after its ${what} was ended`,
      async run(store) {
        const ended = `contract-${what}-late`
        await end(store, ended)
        await saveIssued(store, { [name]: ended }, ended, [CUTOFF, FUTURE])
        await expectIssued(store, ended, { revoked: [CUTOFF, FUTURE], live: [] })
      },
    },
    {
      title: `tells a ${what} from others that look like patterns or statements`,
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

/** A record with every kind of member there is. */
const FULL: TokenRecord = {
  kind: 'access_token',
  scope: 'orders:read orders:write',
  client_id: 'https://client.example.com/app?x=1',
  username: 'Zoë 🔑 "quoted" \\ \u2028 \u0007',
  token_type: 'DPoP',
  exp: EXP,
  iat: 0,
  nbf: 1,
  sub: 'alice',
  aud: ['https://orders.example.com', 'urn:example:invoices'],
  iss: 'https://as.example.com',
  jti: 'a-b_c',
  cnf: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' },
  act: { sub: 'gateway', act: { sub: 'proxy' } },
  acr: 'urn:mace:incommon:iap:silver',
  grantId: 'grant/ä-7',
  sessionId: 'session 3',
  auth_time: 12.5,
  authorization_details: [{ type: 'payment', amount: { currency: 'EUR', value: '1.00' }, empty: [], none: null }],
  claims: { tenant: 'ä', nested: { deep: [1, true, null, ''] }, '': 'empty name' },
}

async function findByToken(store: WritableTokenStore, token: string): Promise<TokenRecord | null> {
  return await store.find(await digestToken(token))
}

/** Saves a token for each moment it may be issued at. */
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
    if (record.revoked) throw new Error(`a token issued at ${iat} that nobody revoked: found revoked`)
  }
}

async function saveEach(store: WritableTokenStore, tokens: readonly string[]): Promise<void> {
  await Promise.all(tokens.map((token) => store.save(token, recordOf(token))))
}

async function expectEach(store: WritableTokenStore, tokens: readonly string[]): Promise<void> {
  const found = await Promise.all(tokens.map((token) => findByToken(store, token)))
  tokens.forEach((token, index) => expectRecord(found[index], recordOf(token)))
}

/** A record that says which token it belongs to. */
function recordOf(token: string): TokenRecord {
  return { kind: 'access_token', sub: encodeURIComponent(token.slice(-20)), exp: EXP }
}

/** What is absent may come back as `null`, as columns of a database do, and `revoked` as `false`. */
function expectRecord(found: TokenRecord | null | undefined, expected: TokenRecord): void {
  const members = Object.entries(requireFound(found))
  const present = members.filter(([name, value]) => value !== null && !(name === 'revoked' && value === false))
  expectEqual(Object.fromEntries(present), expected, 'the record that was saved')
}

function expectRevoked(record: TokenRecord | null): void {
  if (record !== null) expectEqual(record.revoked, true, 'a revoked token that is still kept')
}

function requireFound(record: TokenRecord | null | undefined): TokenRecord {
  if (record === null || record === undefined) throw new Error('a token that was saved was not found')
  return record
}

function attempt(change: () => unknown): void {
  try {
    change()
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
  }
}
