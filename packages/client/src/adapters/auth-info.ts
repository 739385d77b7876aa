/** The members that the SDK of the Model Context Protocol calls `AuthInfo`, from the answer about a token. */
import type { ActiveIntrospectionResult } from '../index.ts'

/** The members that come from the answer alone. */
export interface AnsweredAuthInfo {
  /** Empty when the answer names no client, because the SDK has no value for that. */
  readonly clientId: string
  readonly scopes: string[]
  readonly expiresAt: number | undefined
  readonly resource: URL | undefined
}

/** @param wanted - the identifier of this server. Default the only audience of the token, if it is a URL. */
export function authInfoOf(
  { client_id: clientId = '', scope, exp, aud }: ActiveIntrospectionResult,
  wanted?: string,
): AnsweredAuthInfo {
  return {
    clientId,
    scopes: scope === undefined || scope === '' ? [] : scope.split(' '),
    expiresAt: exp,
    resource: resourceOf(aud, wanted),
  }
}

function resourceOf(aud: string | readonly string[] | undefined, wanted: string | undefined): URL | undefined {
  const audiences = typeof aud === 'string' ? [aud] : (aud ?? [])
  const resource = wanted !== undefined && audiences.includes(wanted) ? wanted : audiences[0]
  if (resource === undefined || !URL.canParse(resource)) return undefined
  return resource === wanted || audiences.length === 1 ? new URL(resource) : undefined
}
