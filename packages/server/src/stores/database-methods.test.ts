import { signedContent } from '@token-introspection/core'
import { describe, expect, test } from 'vitest'
import { FOR_GOOD, ISSUED_BEFORE_ALL } from './cutoff.ts'
import { databaseMethods } from './database-methods.ts'
import { revocationDigests } from './revocation-digests.ts'
import { NO_PEPPER } from './pepper.ts'
import { NO_POSITION } from './revocation-receipt.ts'
import type { TokenDatabase } from './token-database.ts'
import type { TokenRecord } from './token-record.ts'
import { digestToken } from './token-store.ts'

const NOW = 1_764_000_000
const JWT = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln'

/**
 * A database with at most one record, and the calls that it got.
 *
 * @param losses - how many attempts to consume the token find another record.
 */
function create(held?: TokenRecord, losses = 0) {
  const told: unknown[][] = []
  const tell =
    (name: string) =>
    (...values: unknown[]) => {
      told.push([name, ...values])
      return NO_POSITION
    }
  const database: TokenDatabase = {
    find: () => held ?? null,
    held: () => held,
    consume: (...values) => told.push(['consume', ...values]) > losses,
    saveToken: tell('saveToken'),
    saveTombstone: tell('saveTombstone'),
    cutOff: tell('cutOff'),
    isRevoked: (...values) => told.push(['isRevoked', ...values]) > 0,
  }
  return { told, methods: databaseMethods([NO_PEPPER], database) }
}

describe('databaseMethods', () => {
  test('writes a token with the identifiers of its cutoffs', async () => {
    const { methods, told } = create()
    const record: TokenRecord = { kind: 'access_token', iat: NOW, exp: NOW + 60, sub: 'alice', sessionId: 's' }
    await methods.save('token', record)
    const row = { json: JSON.stringify(record), keptUntil: NOW + 60, issuedAt: NOW, revoked: false }
    expect(told).toEqual([
      [
        'saveToken',
        [await digestToken('token')],
        { ...row, identifiers: [null, 's', 'alice', null] },
        await digestToken('token'),
      ],
    ])
  })

  test('writes a token without dates as issued before every cutoff, and keeps it for good', async () => {
    const { methods, told } = create()
    await methods.save('token', { kind: 'access_token', revoked: true })
    expect(told[0]?.[2]).toMatchObject({ keptUntil: undefined, issuedAt: ISSUED_BEFORE_ALL, revoked: true })
  })

  test('writes a token that is saved as revoked under every digest, those of its iss and jti included', async () => {
    const { methods, told } = create()
    const record: TokenRecord = {
      kind: 'access_token',
      exp: NOW + 60,
      sub: 'alice',
      iss: 'https://as.example.com',
      jti: '1',
    }
    await methods.save(JWT, { ...record, revoked: true })
    const digests = await revocationDigests(JWT, record)
    expect(digests).toHaveLength(3)
    const row = expect.objectContaining({ revoked: true, keptUntil: NOW + 60 }) as unknown
    expect(told).toEqual([['saveTombstone', digests, row, digests]])
  })

  test('writes a tombstone without personal data under every digest, and keeps it five minutes beyond exp', async () => {
    const { methods, told } = create()
    await methods.revoke(JWT, { kind: 'access_token', iat: NOW, exp: NOW + 60, sub: 'alice', username: 'Alice' })
    const json = JSON.stringify({ kind: 'access_token', exp: NOW + 60, iat: NOW, revoked: true })
    const row = { json, keptUntil: NOW + 360, issuedAt: NOW, identifiers: [null, null, null, null], revoked: true }
    const digests = [await digestToken(JWT), await digestToken(signedContent(JWT))]
    expect(told).toEqual([['saveTombstone', digests, row, digests]])
  })

  test('consumes a token whose record changes meanwhile, and gives up when it changes all the time', async () => {
    const record: TokenRecord = { kind: 'refresh_token', revoked: false, exp: NOW + 60 }
    const after = JSON.stringify({ kind: 'refresh_token', exp: NOW + 60, consumedAt: NOW, revoked: true })
    const changing = create(record, 15)
    expect(await changing.methods.consume('digest', NOW)).toBe(true)
    expect(changing.told).toEqual(
      Array.from({ length: 16 }, () => ['consume', 'digest', JSON.stringify(record), after]),
    )
    await expect(create(record, 16).methods.consume('digest', NOW)).rejects.toThrow('changes all the time')
  })

  test('without a record makes a tombstone from that of the database, and none for an unknown token', async () => {
    const known = create({ kind: 'refresh_token', exp: NOW + 60 })
    await known.methods.revoke('token')
    expect(known.told[0]?.[2]).toMatchObject({ keptUntil: NOW + 360, issuedAt: ISSUED_BEFORE_ALL, revoked: true })
    const unknown = create()
    await unknown.methods.revoke('token')
    expect(unknown.told).toEqual([])
  })

  test('reads a record before the first await, because the caller may change it', async () => {
    const { methods, told } = create()
    const record = { kind: 'access_token' as const, sub: 'alice', exp: NOW + 60 }
    const written = [methods.save('token', record), methods.revoke('token', record)]
    Object.assign(record, { sub: 'bob', exp: NOW + 9000 })
    await Promise.all(written)
    const rows = told.map(([, , row]) => row as { readonly json: string; readonly keptUntil: number })
    expect(new Set(rows.map(({ keptUntil }) => keptUntil))).toEqual(new Set([NOW + 60, NOW + 360]))
    for (const { json } of rows) expect(json).not.toContain('bob')
  })

  test('writes a cutoff for good, at a moment, or by the clock of the store', async () => {
    const { methods, told } = create()
    await methods.revokeGrant('g')
    await methods.revokeSession('s')
    await methods.revokeSubject('u', NOW)
    await methods.revokeSubject('u')
    await methods.revokeClient('c')
    expect(told).toEqual([
      ['cutOff', 'grant', 'g', FOR_GOOD, 'g'],
      ['cutOff', 'session', 's', FOR_GOOD, 's'],
      ['cutOff', 'subject', 'u', NOW, 'u'],
      ['cutOff', 'subject', 'u', undefined, 'u'],
      ['cutOff', 'client', 'c', undefined, 'c'],
    ])
  })

  test('escapes identifiers, which some databases would change, alike in every call', async () => {
    const { methods, told } = create()
    const odd = 'a\n\ud800'
    const record: TokenRecord = { kind: 'access_token', grantId: odd, sessionId: odd, sub: odd, client_id: odd }
    await methods.save('token', record)
    await methods.revokeSubject(odd)
    await methods.isRevoked('digest', record)
    const escaped = String.raw`a\n\ud800`
    const identifiers = [escaped, escaped, escaped, escaped]
    expect(told[0]?.[2]).toMatchObject({ identifiers })
    expect(told.slice(1)).toEqual([
      ['cutOff', 'subject', escaped, undefined, odd],
      ['isRevoked', ['digest'], ISSUED_BEFORE_ALL, identifiers],
    ])
  })

  test('asks with the tombstone digests of a token, and without a promise if they need none', () => {
    const { methods, told } = create()
    const record: TokenRecord = { kind: 'access_token', iat: NOW, sub: 'alice', signedDigest: 'signed' }
    expect(methods.isRevoked('digest', record)).toBe(true)
    expect(methods.isRevoked('digest', { ...record, iat: '5' as unknown as number })).toBe(true)
    expect(told).toEqual([
      ['isRevoked', ['digest', 'signed'], NOW, [null, null, 'alice', null]],
      ['isRevoked', ['digest', 'signed'], ISSUED_BEFORE_ALL, [null, null, 'alice', null]],
    ])
  })
})
