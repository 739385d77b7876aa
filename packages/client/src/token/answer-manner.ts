/** Step `token`: the settings that answers depend on, as a part of their keys. */
import type { JwtStep } from '../jwt/answer-locally.ts'
import type { ResponseStep } from '../response/validate-response.ts'
import type { TransportStep } from '../transport/transport-step.ts'

/**
 * The settings that every answer depends on, except issuer, endpoint and client identifier; `undefined` when all are
 * default.
 */
export function mannerOf(
  tokenTypeHint: string | undefined,
  { parameters, headers, clientAuthentication }: Pick<TransportStep, 'parameters' | 'headers' | 'clientAuthentication'>,
  { tolerance, inactiveWhen, jwt: signed }: ResponseStep,
  jwt: JwtStep | undefined,
): string | undefined {
  // Other header fields may name a tenant, or choose a server behind a gateway.
  const { 'user-agent': _, ...fields } = headers ?? {}
  const sent = [sortedEntries(parameters), sortedEntries(fields)].map((each) => (each.length === 0 ? undefined : each))
  // One identifier may have access tokens of different scope, for which the server gives different answers.
  const { cacheKeyPart } = clientAuthentication
  const given = [tokenTypeHint, ...sent, cacheKeyPart, tolerance, inactiveWhen, signed?.manner, jwt?.manner]
  return given.every((part) => part === undefined) ? undefined : JSON.stringify(given.map((part) => part ?? null))
}

function sortedEntries(values: Readonly<Record<string, string>> | undefined): [string, string][] {
  return Object.entries(values ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1))
}
