import { describe, expect, test } from 'vitest'
import { createTokenMint, type TokenMintOptions } from './token-mint.ts'

const KEY = 'k'.repeat(32)
const OTHER_KEY = 'o'.repeat(32)

function create(options: Partial<TokenMintOptions> = {}) {
  return createTokenMint({ prefix: 'acme_at', keys: [KEY], ...options })
}

/** Replaces the character at an index by another letter or digit. */
function change(token: string, index: number): string {
  return token.slice(0, index) + (token[index] === 'a' ? 'b' : 'a') + token.slice(index + 1)
}

describe('createTokenMint', () => {
  test('mints different tokens with at least 256 random bits (SEC-22)', async () => {
    const mint = create()
    const tokens = await Promise.all(Array.from({ length: 1000 }, async () => await mint.mint()))
    expect(new Set(tokens).size).toBe(1000)
    // Each character of the random part takes many values, and no value has a probability much above 5/256.
    for (let index = 8; index < 54; index++) {
      const counts = Object.values(Object.groupBy(tokens, (token) => token[index] as string)).map(
        (same) => same?.length,
      )
      expect(counts.length).toBeGreaterThan(50)
      expect(Math.max(...(counts as number[]))).toBeLessThan(60)
    }
    const leastSurprisingBits = -Math.log2(5 / 256)
    expect(46 * leastSurprisingBits).toBeGreaterThan(256)
  })

  test('uses one random octet for each random character (SEC-22)', async () => {
    const asked: number[] = []
    const octets = new Uint8Array(46)
    const mint = create({ randomBytes: (length) => (asked.push(length), octets) })
    const first = await mint.mint()
    for (let index = 0; index < octets.length; index++) {
      octets[index] = 1
      expect((await mint.mint())[8 + index]).toBe('1')
    }
    expect(first.slice(0, 54)).toBe(`acme_at_${'0'.repeat(46)}`)
    expect(new Set(asked)).toEqual(new Set([46]))
  })

  test('refuses a source of randomness that returns too few octets (SEC-22)', () => {
    const mint = create({ randomBytes: () => new Uint8Array(8) })
    expect(() => mint.mint()).toThrow(/^randomBytes:/)
  })

  test('mints tokens with the prefix that match the pattern and fit the Authorization header', async () => {
    const mint = create()
    const token = await mint.mint()
    expect(token).toMatch(/^acme_at_[0-9A-Za-z]{70}$/)
    expect(token).toMatch(new RegExp(`^${mint.pattern}$`))
    // token68, the grammar of credentials. Letters, digits and underscores are VSCHAR as well.
    expect(token).toMatch(/^[\w.~+/-]+=*$/)
  })

  test('recognizes its own tokens, without a promise on Node', async () => {
    const mint = create()
    const token = mint.mint()
    expect(token).toBeTypeOf('string')
    expect(mint.isMinted(token as string)).toBe(true)
    expect(mint.isMinted(change(token as string, 70))).toBe(false)
  })

  test('refuses a token with any character changed', async () => {
    const mint = create()
    const token = await mint.mint()
    for (let index = 0; index < token.length; index++) expect(await mint.isMinted(change(token, index))).toBe(false)
  })

  test.each([
    ['nothing', ''],
    ['the prefix alone', 'acme_at_'],
    ['random characters in the right form', `acme_at_${'aB3'.repeat(23)}x`],
    ['a token of another server', '2YotnFZFEjr1zCsicMWpAA'],
    ['a very long text', 'acme_at_'.repeat(100_000)],
  ])('refuses %s', async (_, token) => {
    expect(await create().isMinted(token)).toBe(false)
  })

  test.each([
    ['a line feed at its end', (token: string) => `${token}\n`],
    ['white space at its start', (token: string) => ` ${token}`],
    ['an additional character', (token: string) => `${token}a`],
    ['a missing character', (token: string) => token.slice(0, -1)],
    ['another case', (token: string) => token.toUpperCase()],
  ])('refuses a token with %s', async (_, alter) => {
    const mint = create()
    expect(await mint.isMinted(alter(await mint.mint()))).toBe(false)
  })

  test('refuses a token of another prefix with the same key', async () => {
    const token = await create({ prefix: 'acme_rt' }).mint()
    expect(await create().isMinted(token.replace('acme_rt', 'acme_at'))).toBe(false)
  })

  test('refuses a token of another key', async () => {
    expect(await create().isMinted(await create({ keys: [OTHER_KEY] }).mint())).toBe(false)
  })

  test('mints with the first key and recognizes the tokens of every key', async () => {
    const [old, renewed] = [create({ keys: [KEY] }), create({ keys: [OTHER_KEY, KEY] })]
    expect(await renewed.isMinted(await old.mint())).toBe(true)
    expect(await renewed.isMinted(await renewed.mint())).toBe(true)
    expect(await old.isMinted(await renewed.mint())).toBe(false)
    expect(await renewed.isMinted(await create({ keys: ['x'.repeat(32)] }).mint())).toBe(false)
  })

  test('accepts a key as octets or text, and ignores later changes to the octets', async () => {
    const octets = new TextEncoder().encode(KEY)
    const mint = create({ keys: [octets] })
    octets.fill(0)
    expect(await create({ keys: [KEY] }).isMinted(await mint.mint())).toBe(true)
  })

  test.each([
    ['prefix', { prefix: undefined }],
    ['prefix', { prefix: '' }],
    ['prefix', { prefix: 'a-b' }],
    ['prefix', { prefix: 'ä' }],
    ['prefix', { prefix: 'x'.repeat(33) }],
    ['keys', { keys: undefined }],
    ['keys', { keys: [] }],
    ['keys', { keys: KEY }],
    ['keys[0]', { keys: ['k'.repeat(31)] }],
    ['keys[1]', { keys: [KEY, new Uint8Array(31)] }],
    ['keys[1]', { keys: [KEY, 7] }],
    ['randomBytes', { randomBytes: 5 }],
    ['length', { length: 5 }],
  ])('refuses a wrong option %s', (path, options) => {
    const given = options as unknown as Partial<TokenMintOptions>
    expect(() => create(given)).toThrow(TypeError)
    expect(() => create(given)).toThrow(`${path}:`)
  })
})
