/** What every token store must do that can list tokens. */
import {
  digestToken,
  type ListableTokenStore,
  type TokenPageQuery,
  type TokenRecord,
} from '@token-introspection/server'
import { type ContractCase, expectEqual } from './contract-case.ts'
import { EXP, expectRecord, expectRevoked, findByToken } from './expect-token.ts'

/** When the tokens of these cases are issued: 2001-09-09, in seconds. */
const ISSUED = 1_000_000_000

/** The cases about lists. */
export const LIST_CASES: readonly ContractCase<ListableTokenStore>[] = [
  ...(['sub', 'client_id', 'sessionId', 'grantId'] as const).map(
    (name): ContractCase<ListableTokenStore> => ({
      title: `lists the tokens with one ${name}, the newest first, with their records and digests`,
      async run(store) {
        const owner = `contract-list-${name}`
        const tokens = [1, 3, 2].map((second) => `${owner}-${second}`)
        const record = (second: number): TokenRecord => ({ ...issued(second), [name]: owner, scope: 'a b' })
        for (const [index, token] of tokens.entries()) await store.save(token, record([1, 3, 2][index] ?? 0))
        await store.save(`${owner}-other`, { ...issued(4), [name]: `${owner}-other` })
        const page = await store.list({ [name]: owner })
        const ids = await Promise.all([3, 2, 1].map(async (second) => await digestToken(`${owner}-${second}`)))
        expectEqual([page.tokens.map(({ id }) => id), page.next ?? null], [ids, null], 'the list')
        for (const [index, token] of page.tokens.entries()) expectRecord(token.record, record(3 - index))
        expectEqual((await store.list({ [name]: `${owner}-nobody` })).tokens, [], 'the list of nobody')
      },
    }),
  ),
  {
    title: 'gives every token once, page by page, also those of the same second and without iat',
    async run(store) {
      const sub = 'contract-list-pages'
      for (let index = 0; index < 11; index++) await store.save(`${sub}-${index}`, { ...issued(index % 2), sub })
      await store.save(`${sub}-undated`, { kind: 'access_token', sub, exp: EXP })
      const sizes: number[] = []
      const tokens = await listAll(store, { sub, limit: 4 }, (size) => sizes.push(size))
      expectEqual(sizes, [4, 4, 4], 'the sizes of the pages')
      expectEqual(new Set(tokens.map(({ id }) => id)).size, 12, 'the different tokens')
      const seconds = tokens.map(({ record }) => record.iat ?? -1)
      expectEqual(
        seconds,
        seconds.toSorted((a, b) => b - a),
        'the order',
      )
    },
  },
  {
    title: 'keeps the place of a page when tokens come and go',
    async run(store) {
      const sub = 'contract-list-stable'
      for (const second of [1, 2, 3, 4]) await store.save(`${sub}-${second}`, { ...issued(second), sub })
      const first = await store.list({ sub, limit: 2 })
      await store.save(`${sub}-5`, { ...issued(5), sub })
      await store.revoke(`${sub}-3`)
      const second = await store.list({ sub, limit: 2, after: first.next })
      expectEqual(
        second.tokens.map(({ record }) => record.iat),
        [ISSUED + 2, ISSUED + 1],
        'the second page',
      )
      expectEqual(second.next ?? null, null, 'what follows the last page')
    },
  },
  {
    title: 'leaves out tokens that are revoked, expired, consumed or ended',
    async run(store) {
      const sub = 'contract-list-live'
      const of = { ...issued(1), sub }
      const ended = { grantId: `${sub}-g`, sessionId: `${sub}-s`, client_id: `${sub}-c` }
      await store.save(`${sub}-live`, of)
      await store.save(`${sub}-expired`, { ...of, exp: ISSUED + 2 })
      await store.save(`${sub}-revoked`, of)
      await store.save(`${sub}-saved-revoked`, { ...of, revoked: true })
      for (const [name, value] of Object.entries(ended)) await store.save(`${sub}-${name}`, { ...of, [name]: value })
      await store.revoke(`${sub}-revoked`)
      await store.revokeGrant(ended.grantId)
      await store.revokeSession(ended.sessionId)
      await store.revokeClient(ended.client_id)
      const { tokens } = await store.list({ sub })
      expectEqual(
        tokens.map(({ id }) => id),
        [await digestToken(`${sub}-live`)],
        'the list',
      )
      await store.revokeSubject(sub)
      expectEqual((await store.list({ sub })).tokens, [], 'the list after the user was revoked')
    },
  },
  {
    title: 'distinguishes owners whose identifiers look like patterns or SQL statements',
    async run(store) {
      const odd = ['%', '*', "'; --", '__proto__', 'a\u0000b', '\ud800', '"\\'].map((text) => `contract-list-${text}`)
      for (const sub of odd) await store.save(`of ${JSON.stringify(sub)}`, { ...issued(1), sub })
      for (const sub of odd) {
        const { tokens } = await store.list({ sub })
        expectEqual(
          tokens.map(({ record }) => record.sub),
          [sub],
          'the list of an odd user',
        )
      }
    },
  },
  {
    title: 'revokes a listed token for its owner, and for nobody else',
    async run(store) {
      const [sub, other] = ['contract-list-revoke', 'contract-list-revoke-other']
      await store.save(sub, { ...issued(1), sub, client_id: other })
      const id = (await store.list({ sub })).tokens[0]?.id ?? ''
      for (const owner of [{ sub: other }, { client_id: sub }, { grantId: sub }]) {
        expectEqual(await store.revokeListed(id, owner), null, `a revocation by ${JSON.stringify(owner)}`)
      }
      expectEqual((await findByToken(store, sub))?.revoked ?? false, false, 'revoked after the calls of others')
      if ((await store.revokeListed(id, { sub })) === null) throw new Error('the owner could not revoke the token')
      expectRevoked(await findByToken(store, sub))
      expectEqual(await store.revokeListed(id, { sub }), null, 'a second revocation')
      expectEqual(
        await store.revokeListed(await digestToken('contract-list-unknown'), { sub }),
        null,
        'an unknown token',
      )
      // Body parsers make other values of a form with `id[]=`.
      for (const odd of ['', '\u0000', 'id'.repeat(50_000), [id], { id }, null, undefined]) {
        expectEqual(await store.revokeListed(odd as string, { sub }), null, 'an id that is none')
      }
      await store.save(sub, { ...issued(1), sub })
      expectRevoked(await findByToken(store, sub))
    },
  },
  {
    title: 'refuses a query without an owner or with two, a limit that is no limit, and a place that is none',
    async run(store) {
      const sub = 'contract-list-wrong'
      const wrong: object[] = [
        {},
        { sub, client_id: sub },
        { sub: '' },
        { sub: 42 },
        { sub, limit: 0 },
        { sub, limit: 101 },
        { sub, limit: 1.5 },
        { sub, after: '' },
        { sub, after: '1; --' },
        { sub, username: sub },
      ]
      for (const query of wrong) await expectTypeError(() => store.list(query), JSON.stringify(query))
      await expectTypeError(() => store.revokeListed('id', {}), 'a revocation for nobody')
    },
  },
]

function issued(second: number): TokenRecord {
  return { kind: 'access_token', iat: ISSUED + second, exp: EXP }
}

async function listAll(store: ListableTokenStore, query: TokenPageQuery, onPage: (size: number) => void) {
  const tokens = []
  for (let after: string | undefined, first = true; first || after !== undefined; first = false) {
    const page = await store.list({ ...query, after })
    onPage(page.tokens.length)
    tokens.push(...page.tokens)
    after = page.next
  }
  return tokens
}

async function expectTypeError(call: () => Promise<unknown>, what: string): Promise<void> {
  const error: unknown = await call().then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof TypeError)) throw new Error(`${what}: expected a TypeError`)
}
