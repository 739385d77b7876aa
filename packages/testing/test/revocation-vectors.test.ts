import { ResponseMalformedError } from '@token-introspection/core'
import {
  createRevocationKeys,
  MAX_PAGE_EVENTS,
  parseReplayPage,
  parseRevocationPage,
  REVOCATION_KINDS,
} from '@token-introspection/core/revocations'
import { revocationDigests } from '@token-introspection/server'
import { describe, expect, test } from 'vitest'
import { revocationVectors } from '../src/index.ts'

function toPosition(index: number): string {
  return String(index).padStart(64, '0')
}

describe('revocationVectors', () => {
  test.each(revocationVectors.digests)('REV-08 digests: $title', async ({ token, iss, jti, digests }) => {
    const record = { kind: 'access_token', ...(iss !== undefined && jti !== undefined && { iss, jti }) } as const
    expect(await revocationDigests(token, record)).toEqual(digests)
  })

  test.each(revocationVectors.keys)('REV-08 keys: $title', async ({ secret, kind, identifier, key }) => {
    expect(await createRevocationKeys(secret)(kind, identifier)).toBe(key)
  })

  test('keys: there is one for every kind', () => {
    expect(new Set(revocationVectors.keys.map(({ kind }) => kind))).toEqual(new Set([...REVOCATION_KINDS, 'check']))
  })

  test.each(revocationVectors.pages.filter(({ refused }) => refused === undefined))(
    'REV-09 accepts the page: $title',
    ({ text, after, position, events, gap, more }) => {
      const page = parseRevocationPage(JSON.parse(text), after ?? undefined)
      expect({ ...page, events: page.events.map((event) => event.position) }).toEqual({ position, events, gap, more })
    },
  )

  test.each(revocationVectors.pages.filter(({ refused }) => refused !== undefined))(
    'REV-09 refuses the page: $title',
    ({ text, after, refused }) => {
      if (refused === 'JSON') expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError)
      else expect(() => parseRevocationPage(JSON.parse(text), after ?? undefined)).toThrow(ResponseMalformedError)
    },
  )

  test.each(revocationVectors.replays.filter(({ refused }) => refused === undefined))(
    'REV-09 accepts the replay: $title',
    ({ text, position, events, more, since, keyCheck }) => {
      const page = parseReplayPage(JSON.parse(text))
      expect({ ...page, events: page.events.map((event) => event.position) }).toEqual({
        position,
        events,
        gap: false,
        more,
        ...(since !== null && { since }),
        ...(keyCheck !== null && { key_check: keyCheck }),
      })
    },
  )

  test.each(revocationVectors.replays.filter(({ refused }) => refused !== undefined))(
    'REV-09 refuses the replay: $title',
    ({ text, refused }) => {
      if (refused === 'JSON') expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError)
      else expect(() => parseReplayPage(JSON.parse(text))).toThrow(ResponseMalformedError)
    },
  )

  test('pages: the longest page fits into the octets that a page may have', () => {
    const events = Array.from({ length: MAX_PAGE_EVENTS }, (_, index) => ({
      position: toPosition(index + 1),
      previous: toPosition(index),
      at: 99_999_999_999,
      cut: 99_999_999_999,
      kind: 'session',
      key: 'k'.repeat(16),
    }))
    const page = { position: toPosition(MAX_PAGE_EVENTS), events, gap: false, more: true }
    expect(parseRevocationPage(page, toPosition(0)).events).toHaveLength(MAX_PAGE_EVENTS)
    expect(JSON.stringify(page).length).toBeLessThanOrEqual(1_048_576)
    const oneMore = { ...page, events: [...events, { ...events[0], previous: page.position }] }
    expect(() => parseRevocationPage(oneMore, toPosition(0))).toThrow(ResponseMalformedError)
  })
})
