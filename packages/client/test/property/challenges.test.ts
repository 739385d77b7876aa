/** For all options and all answers, a guard sends one challenge field that reads back, or its options throw at once. */
import { clientSecretBasic, type GuardOptions, IntrospectionClient } from '@token-introspection/client'
import { parseChallenges } from '@token-introspection/core'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

/** Text with characters that could break out of a field. */
const evil = fc
  .array(
    fc.oneof(
      fc.constantFrom('\r\n', '\n', '\r', '"', '\\', ', ', 'Basic realm="x"', '=', '\0', '\u2028', 'é'),
      fc.string(),
    ),
    {
      maxLength: 6,
    },
  )
  .map((parts) => parts.join(''))

const options = fc.record<GuardOptions>(
  {
    realm: evil,
    scope: evil,
    acrValues: fc.array(evil, { minLength: 1, maxLength: 3 }),
    resourceMetadata: fc.oneof(
      evil,
      evil.map((path) => `https://api.example.com/${path}`),
    ),
    maxAuthenticationAgeSeconds: fc.oneof(fc.nat(), fc.double()),
  },
  { requiredKeys: [] },
)

const answers = fc.record(
  { scope: evil, acr: evil, iss: evil, error: evil, error_description: evil },
  { requiredKeys: [] },
)

test('BEAR-15 no realm, scope, acr value or URL adds a second field or a second challenge', async () => {
  await fc.assert(
    fc.asyncProperty(
      options,
      answers,
      fc.constantFrom('Bearer abc', 'Bearer a b', undefined),
      async (given, answer, field) => {
        const client = new IntrospectionClient({
          endpoint: 'https://as.example.com/introspect',
          clientAuthentication: clientSecretBasic('api', 'secret'),
          transport: { fetch: () => Promise.resolve(Response.json({ active: true, ...answer })) },
        })
        const guard = makeGuard(client, given)
        if (guard === undefined) return
        const decision = await guard({ headers: new Headers(field === undefined ? {} : { authorization: field }) })
        if (decision.allowed) return
        for (const value of Object.values(decision.headers)) expect(value).toMatch(/^[\x20-\x7e]*$/)
        // A Headers object accepts only a valid field.
        expect(decision.toResponse().status).toBe(decision.status)
        const challenge = decision.headers['www-authenticate']
        if (challenge === undefined) return
        const challenges = parseChallenges(challenge)
        expect(challenges).toHaveLength(1)
        const [first] = challenges ?? []
        expect(first?.scheme).toBe('Bearer')
        const parameters = first?.parameters ?? {}
        expect(first?.parameters['realm']).toBe(given.realm ?? 'protected resource')
        const known = ['realm', 'error', 'scope', 'acr_values', 'max_age', 'resource_metadata']
        expect(Object.keys(parameters).filter((name) => !known.includes(name))).toEqual([])
      },
    ),
    { numRuns: 1000 },
  )
})

/** Returns undefined when the options throw. */
function makeGuard(client: IntrospectionClient, given: GuardOptions) {
  try {
    return client.guard({ audience: false, ...given })
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError)
    return undefined
  }
}
