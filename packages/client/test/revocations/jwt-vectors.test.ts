import { createRevocationKeys } from '@token-introspection/core/revocations'
import { revocationVectors } from '@token-introspection/testing'
import { describe, expect, test } from 'vitest'
import { FollowedJwts } from '../../src/revocations/followed-jwts.ts'
import { RevocationState } from '../../src/revocations/revocation-state.ts'
import { RevokedKeys } from '../../src/revocations/revoked-keys.ts'

const clock = { nowMs: () => 0, elapsedMs: () => 0 }

describe('a JWT that is not introspected', () => {
  test.each(revocationVectors.jwts)(
    'REV-11 is what the vector says: $title',
    async ({ secret, token, claims, since, events, revoked, covered }) => {
      const keys = new RevokedKeys({ maxKeys: 1000, lifetimeMs: 1, elapsedMs: () => 0, onFull: () => undefined })
      const onApplied = (_slot: number, event: Parameters<RevokedKeys['add']>[0]): void => keys.add(event)
      const state = new RevocationState({ leaseMs: 1000, clock, replays: true, onApplied })
      const position = events.at(-1)?.position ?? '0.a'
      state.beginQuestion().answer({ position, events, gap: false, more: false, ...(since !== undefined && { since }) })
      const jwt = await new FollowedJwts(state, keys, createRevocationKeys(secret)).find(token, {
        active: true,
        ...claims,
      })
      expect({ refusal: jwt.refusal(), covered: jwt.isCovered() }).toEqual({
        refusal: revoked ? 'revoked' : undefined,
        covered,
      })
    },
  )
})
