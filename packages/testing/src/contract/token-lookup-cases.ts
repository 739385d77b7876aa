/** What every token store must do when it looks up a token. */
import type { TokenRecord, WritableTokenStore } from '@token-introspection/server'
import { type ContractCase, expectEqual } from './contract-case.ts'
import { EXP, expectEach, expectRecord, findByToken, requireFound, saveEach } from './expect-token.ts'

/** The cases about saving and finding. */
export const LOOKUP_CASES: readonly ContractCase<WritableTokenStore>[] = [
  {
    title: 'finds nothing for a token that was never saved',
    async run(store) {
      expectEqual(await findByToken(store, 'contract-unknown'), null, 'an unknown token')
    },
  },
  {
    title: 'keeps every member of a record, including Unicode, nested and empty values',
    async run(store) {
      await store.save('contract-round-trip', FULL)
      expectRecord(await findByToken(store, 'contract-round-trip'), FULL)
    },
  },
  {
    title: 'keeps a record that has only a kind',
    async run(store) {
      const record: TokenRecord = { kind: 'refresh_token' }
      await store.save('contract-bare', record)
      expectRecord(await findByToken(store, 'contract-bare'), record)
    },
  },
  {
    title: 'replaces the record when a token is saved again',
    async run(store) {
      await store.save('contract-replaced', { kind: 'access_token', sub: 'alice', scope: 'read', exp: EXP })
      await store.save('contract-replaced', { kind: 'access_token', sub: 'bob', exp: EXP })
      expectRecord(await findByToken(store, 'contract-replaced'), { kind: 'access_token', sub: 'bob', exp: EXP })
    },
  },
  {
    title: 'distinguishes tokens by case, by one character, by white space and by Unicode composition',
    async run(store) {
      const tokens = ['Token', 'token', 'token ', 'tokem', 'tok\u00e9n', 'toke\u0301n'].map(
        (token) => `contract-${token}`,
      )
      await saveEach(store, tokens)
      await expectEach(store, tokens)
    },
  },
  {
    title: 'distinguishes very long tokens by their last character',
    async run(store) {
      const tokens = ['a', 'b'].map((last) => `contract-${'x'.repeat(100_000)}${last}`)
      await saveEach(store, tokens)
      await expectEach(store, tokens)
    },
  },
  {
    title: 'treats tokens that look like keys, patterns or SQL statements as plain text',
    async run(store) {
      const tokens = ['__proto__', 'constructor', 'contract-*', '%', "contract'; --", 'contract:a:b', 'contract-\u0000']
      await saveEach(store, tokens)
      await expectEach(store, tokens)
    },
  },
  {
    title: 'does not change when the caller changes a record after saving it',
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
    title: 'does not change when the caller changes a record that it returned',
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
      // The store may freeze what it returns. Then this assignment throws.
      attempt(() => Object.assign(found, { sub: 'mallory' }))
      attempt(() => (found.aud as string[]).push('https://admin.example.com'))
      attempt(() => (found.claims as { roles: string[] }).roles.push('admin'))
      expectRecord(await findByToken(store, 'contract-changed-result'), expected)
    },
  },
  {
    title: 'finds a token by its digest, and never by the token itself',
    async run(store) {
      await saveEach(store, ['contract-raw'])
      expectEqual(await store.find('contract-raw'), null, 'a search by token instead of digest')
      await expectEach(store, ['contract-raw'])
    },
  },
  {
    title: 'refuses to save a record with a wrong or unknown member, and names the member in a TypeError',
    async run(store) {
      const token = 'contract-wrong-member'
      for (const [name, record] of WRONG_RECORDS) {
        const error: unknown = await store.save(token, record as TokenRecord).then(
          () => undefined,
          (thrown: unknown) => thrown,
        )
        const names = error instanceof TypeError && error.message.startsWith(`record.${name}: `)
        expectEqual(names, true, `a TypeError that names record.${name}, such as validateTokenRecord throws`)
      }
      expectEqual(await findByToken(store, token), null, 'a record that was refused')
    },
  },
  {
    title: 'keeps a thousand tokens that are saved at the same time',
    async run(store) {
      const tokens = Array.from({ length: 1000 }, (_, index) => `contract-concurrent-${index}`)
      await saveEach(store, tokens)
      await expectEach(store, tokens)
    },
  },
]

/** Records that no answer could be made of, each with the name of the wrong member. */
const WRONG_RECORDS: readonly (readonly [name: string, record: object])[] = [
  ['sub', { kind: 'access_token', sub: 42 }],
  ['exp', { kind: 'access_token', exp: 'tomorrow' }],
  ['tenant', { kind: 'access_token', tenant: 'acme' }],
  ['exp', Object.assign(Object.create({ exp: EXP }) as object, { kind: 'access_token' })],
  ['cnf', { kind: 'access_token', cnf: { jkt: undefined } }],
  ['claims.sub', { kind: 'access_token', claims: { sub: 'alice' } }],
]

/** A record with every kind of member. */
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
  amr: ['pwd', 'otp'],
  sid: 'session 3',
  authorization_details: [{ type: 'payment', amount: { currency: 'EUR', value: '1.00' }, empty: [], none: null }],
  claims: { tenant: 'ä', nested: { deep: [1, true, null, ''] }, '': 'empty name' },
}

function attempt(change: () => unknown): void {
  try {
    change()
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
  }
}
