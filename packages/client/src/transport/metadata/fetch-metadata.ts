/** Step `transport`: what an issuer publishes about itself (RFC 8414 §3, OpenID Connect Discovery). */
import {
  type AuthorizationServerMetadata,
  authorizationServerMetadataUrls,
  JSON_MEDIA_TYPE,
  type JsonObject,
  parseAuthorizationServerMetadata,
} from '@token-introspection/core'
import { ResponseUntrustedError, TransportStatusError } from '../../errors.ts'
import type { Deadline } from '../deadline.ts'
import { type RetrySettings, withRetry } from '../outage/retry.ts'
import { readJsonReply } from '../read-reply.ts'
import { insteadOfIntrospection } from '../servers-without-introspection.ts'
import type { Send } from '../transport.ts'

/** What fetching the metadata needs. */
export interface FetchMetadataSettings {
  readonly issuer: string
  readonly send: Send
  readonly maxResponseBytes: number
  /** Requests are made once only without it. */
  readonly retry: RetrySettings | undefined
}

/** Tries each well-known place; only "not there" leads to the next, a wrong document never does (RFC 8414 §5). */
export async function fetchMetadata(
  { issuer, send, maxResponseBytes, retry }: FetchMetadataSettings,
  deadline: Deadline,
): Promise<AuthorizationServerMetadata> {
  const urls = authorizationServerMetadataUrls(issuer)
  for (const url of urls) {
    const request = {
      method: 'GET',
      url,
      headers: { accept: JSON_MEDIA_TYPE, 'accept-encoding': 'identity' },
      body: undefined,
      maxResponseBytes,
      cancellation: deadline,
    } as const
    const reply = await withRetry(() => send(request), deadline, retry)
    if (isAbsent(reply.status)) continue
    const document = readJsonReply(reply, `metadata at ${url}`)
    refuseOtherIssuer(document, issuer, url)
    return parseAuthorizationServerMetadata(document, issuer)
  }
  const instead = insteadOfIntrospection(issuer) ?? 'check the issuer, or give the endpoint option'
  throw new TransportStatusError(`no metadata at ${urls.join(' or ')}: ${instead}`, { status: 404 })
}

/** Servers say "no such page" in several ways; an outage is not one of them. */
function isAbsent(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429
}

/** What may be quoted: no query and no credentials, nothing that could be mistaken for more of the message. */
const QUOTABLE_URL = /^https?:\/\/[\w.:[\]/~%-]{1,200}$/

/** A server behind two names is the usual reason, so the message says which one goes where. */
function refuseOtherIssuer({ issuer: named }: JsonObject, issuer: string, url: string): void {
  // What is no string is malformed, which the parser says.
  if (named === issuer || typeof named !== 'string') return
  const other = QUOTABLE_URL.test(named) ? named : 'something else'
  throw new ResponseUntrustedError(
    `the metadata at ${url} is for the issuer ${other}, not for ${issuer}; the two must be the same character by ` +
      'character (RFC 8414 §3.3). Give as issuer what the server calls itself, which its tokens say too; where it is ' +
      'reached by another address, give that as the endpoint option, beside the issuer',
  )
}
