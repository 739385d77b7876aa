import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

const startMs = 1_764_000_000_000
const MAX_AGE_MS = 30_000
const INACTIVE_MAX_AGE_MS = 5000

/** The answer of the authorization server from now on. `exp` counts from the start. */
interface Say {
  readonly kind: 'active' | 'inactive' | 'down'
  readonly expMs?: number | undefined
}
type Step =
  | { readonly do: 'say'; readonly say: Say }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'ask'; readonly token: string; readonly maxAgeSeconds: number | undefined }
  | { readonly do: 'forget'; readonly token: string }

const say: fc.Arbitrary<Say> = fc.oneof(
  fc.record({
    kind: fc.constant('active' as const),
    expMs: fc.option(
      fc.integer({ min: 0, max: 100 }).map((seconds) => seconds * 1000),
      { nil: undefined },
    ),
  }),
  fc.record({ kind: fc.constantFrom('inactive' as const, 'down' as const) }),
)
const token = fc.constantFrom('a', 'b')
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ do: fc.constant('say' as const), say }) },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('wait' as const),
        ms: fc.oneof(fc.integer({ min: -1500, max: 6000 }), fc.integer({ min: 25_000, max: 40_000 })),
      }),
    },
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constant('ask' as const),
        token,
        maxAgeSeconds: fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('forget' as const), token }) },
  ),
  { minLength: 10, maxLength: 60 },
)

describe('for every order of calls, answers and waits', () => {
  test('no answer is older than its bound, outlives its token, or comes from an error', async () => {
    let hits = 0
    await fc.assert(
      fc.asyncProperty(steps, async (run) => {
        let nowMs = startMs
        let current: Say = { kind: 'active' }
        let serial = 0
        /** Every answer the server gave, by its number. */
        const given = new Map<number, { askedAtMs: number; expMs: number | undefined }>()
        const lastInactiveAtMs = new Map<string, number>()
        const forgottenAt = new Map<string, number>()
        const client = new IntrospectionClient({
          endpoint: 'https://as.example.com/introspect',
          clientAuthentication: clientSecretBasic('api', 'secret'),
          cache: {},
          now: () => nowMs,
          // A retry waits on the real clock.
          transport: {
            retry: false,
            fetch: (_url, { body }) => {
              if (current.kind === 'down') return Promise.resolve(new Response(null, { status: 503 }))
              if (current.kind === 'inactive') {
                lastInactiveAtMs.set(new URLSearchParams(body as string).get('token') as string, nowMs)
                return Promise.resolve(Response.json({ active: false }))
              }
              serial += 1
              const { expMs } = current
              given.set(serial, { askedAtMs: nowMs, expMs })
              const exp = expMs === undefined ? undefined : (startMs + expMs) / 1000
              return Promise.resolve(Response.json({ active: true, serial, exp }))
            },
          },
        })
        for (const step of run) {
          if (step.do === 'say') current = step.say
          else if (step.do === 'wait') nowMs += step.ms
          else if (step.do === 'forget') {
            await client.forget(step.token)
            forgottenAt.set(step.token, serial)
          } else {
            const before = client.statistics()
            const outcome = await client
              .introspect(step.token, { maxAgeSeconds: step.maxAgeSeconds })
              .catch(() => undefined)
            const isHit = client.statistics().hits > before.hits
            if (!isHit) {
              if (current.kind === 'down') expect(outcome).toBeUndefined()
              continue
            }
            hits += 1
            const limitMs = (step.maxAgeSeconds ?? Number.POSITIVE_INFINITY) * 1000
            if (outcome?.active === true) {
              const { askedAtMs, expMs } = given.get(outcome['serial'] as number) as {
                askedAtMs: number
                expMs?: number
              }
              expect(nowMs - askedAtMs).toBeGreaterThanOrEqual(0)
              expect(nowMs - askedAtMs).toBeLessThan(Math.min(MAX_AGE_MS, limitMs))
              if (expMs !== undefined) expect(nowMs).toBeLessThan(startMs + expMs)
              expect(outcome['serial']).toBeGreaterThan(forgottenAt.get(step.token) ?? 0)
            } else {
              const askedAtMs = lastInactiveAtMs.get(step.token) as number
              expect(nowMs - askedAtMs).toBeLessThan(Math.min(INACTIVE_MAX_AGE_MS, limitMs))
            }
          }
        }
      }),
      { numRuns: 300 },
    )
    // A cache that never answers would pass all checks above.
    expect(hits).toBeGreaterThan(300)
  })
})
