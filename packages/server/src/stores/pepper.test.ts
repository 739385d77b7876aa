import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createPepper, NO_PEPPER, parseRecord } from './pepper.ts'
import { digestToken } from './token-store.ts'

const SECRET = 'a-pepper-that-only-the-servers-know'
const RECORD = '{"kind":"access_token","sub":"alice"}'

/** Any digest. */
const SEALED = expect.stringMatching(/^[\w-]{43}$/) as unknown

const digest = await digestToken('token')
const pepper = createPepper(SECRET)
const keyed = await pepper.keyed(digest)
const sealed = await pepper.seal(RECORD, digest)
const keyedOfAnother = await pepper.keyed(await digestToken('another'))
const sealedByAnother = await createPepper(`${SECRET}!`).seal(RECORD, digest)

describe('a pepper', () => {
  test('keys a digest by the HMAC of it', () => {
    expect(keyed).toBe(createHmac('sha256', SECRET).update(`token\n${digest}`).digest('base64url'))
    expect(keyed).not.toBe(createHmac('sha256', SECRET).update(digest).digest('base64url'))
  })

  test('hides the digest of the token in its record, and opens it again', async () => {
    expect(sealed).not.toContain(digest)
    expect(JSON.parse(sealed)).toEqual({ sealedDigest: SEALED, kind: 'access_token', sub: 'alice' })
    expect(parseRecord(sealed)).toEqual({ kind: 'access_token', sub: 'alice' })
    expect(await pepper.open(keyed, sealed)).toBe(digest)
  })

  test.each([
    ['a record without the digest', keyed, RECORD],
    ['the record of another token', keyedOfAnother, sealed],
    [
      'a digest that somebody changed',
      keyed,
      sealed.replace(/(?<=sealedDigest":")./, (one) => (one === 'A' ? 'B' : 'A')),
    ],
    ['a digest that is none', keyed, sealed.replace(/(?<=sealedDigest":")./, '!')],
    ['a record of another pepper', keyed, sealedByAnother],
  ])('opens nothing of %s', async (_, own, json) => {
    expect(await pepper.open(own, json)).toBeUndefined()
  })
})

describe('no pepper', () => {
  test('keeps digests and records as they are', () => {
    expect(NO_PEPPER.keyed(digest)).toBe(digest)
    expect(NO_PEPPER.seal(RECORD, digest)).toBe(RECORD)
    expect(NO_PEPPER.open(digest, RECORD)).toBe(digest)
    expect(parseRecord(RECORD)).toEqual({ kind: 'access_token', sub: 'alice' })
  })

  test('opens nothing of a token with a pepper', () => {
    expect(NO_PEPPER.open(keyed, sealed)).toBeUndefined()
  })
})
