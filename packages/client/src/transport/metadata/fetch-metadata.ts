/** Step `transport`: fetches the metadata of an issuer (RFC 8414 §3, OpenID Connect Discovery). */
import {
  type AuthorizationServerMetadata,
  authorizationServerMetadataUrls,
  JSON_MEDIA_TYPE,
  type JsonObject,
  messageOf,
  parseAuthorizationServerMetadata,
  withoutQuery,
} from '@token-introspection/core'
import {
  type IntrospectionError,
  ResponseMalformedError,
  ResponseUntrustedError,
  TransportCircuitOpenError,
  TransportRateLimitedError,
  TransportStatusError,
} from '../../errors.ts'
import type { Deadline } from '../deadline.ts'
import { type RetrySettings, withRetry } from '../outage/retry.ts'
import { readJsonReply } from '../read-reply.ts'
import { insteadOfIntrospection } from '../servers-without-introspection.ts'
import type { Send } from '../transport.ts'

/** The settings for fetching metadata. */
export interface FetchMetadataSettings {
  readonly issuer: string
  /** The only URL to try, in place of the well-known URLs. */
  readonly metadataUrl?: string | undefined
  readonly send: Send
  readonly maxResponseBytes: number
  /** Without it, requests are not retried. */
  readonly retry: RetrySettings | undefined
}

/**
 * Tries each well-known URL until one has the document. Many sites answer an unknown URL with a page, a redirect or an
 * error of their own, so a bad answer at one URL says nothing about the next. A document counts only if it names
 * exactly this issuer (RFC 8414 §3.3), at any of the URLs.
 *
 * A server may have two documents, and one of them may lack an endpoint that the other one names. So the search goes on
 * until the documents together name enough. When two documents differ, the first one wins.
 *
 * @param isEnough - whether the metadata name every wanted endpoint. The result may still lack some.
 */
export async function fetchMetadata(
  settings: FetchMetadataSettings,
  deadline: Deadline,
  isEnough: (metadata: AuthorizationServerMetadata) => boolean,
): Promise<AuthorizationServerMetadata> {
  const { issuer, metadataUrl } = settings
  const failures: IntrospectionError[] = []
  let found: AuthorizationServerMetadata | undefined
  for (const url of metadataUrl === undefined ? authorizationServerMetadataUrls(issuer) : [metadataUrl]) {
    try {
      const metadata = await lookAt(url, settings, deadline)
      found = { ...metadata, ...found }
      if (isEnough(found)) return found
    } catch (error) {
      // When one URL gives no answer, the next URL of the same server gives none either.
      if (!isAboutPlace(error)) {
        if (found === undefined) throw error
        break
      }
      failures.push(error)
    }
  }
  if (found !== undefined) return found
  throw summary(failures, issuer)
}

async function lookAt(
  url: string,
  { issuer, send, maxResponseBytes, retry }: FetchMetadataSettings,
  deadline: Deadline,
): Promise<AuthorizationServerMetadata> {
  const request = {
    method: 'GET',
    url,
    headers: { accept: JSON_MEDIA_TYPE, 'accept-encoding': 'identity' },
    body: undefined,
    maxResponseBytes,
    cancellation: deadline,
  } as const
  const asked = `metadata at ${withoutQuery(url)}`
  deadline.waitsFor = () => asked
  const reply = await withRetry(
    (freshConnection) => send(freshConnection ? { ...request, freshConnection } : request),
    deadline,
    retry,
  )
  // There were no credentials, so this is not a refusal of credentials.
  if (isAbsent(reply.status)) {
    throw new TransportStatusError(`${asked}: status ${reply.status}`, { status: reply.status })
  }
  const document = readJsonReply(reply, asked)
  refuseOtherIssuer(document, issuer, asked)
  return parseAuthorizationServerMetadata(document, issuer)
}

/** Servers say "no such page" in several ways. An outage is not one of them. */
function isAbsent(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429
}

type FailureOfPlace =
  | ResponseMalformedError
  | ResponseUntrustedError
  | TransportCircuitOpenError
  | TransportRateLimitedError
  | TransportStatusError

function isAboutPlace(error: unknown): error is FailureOfPlace {
  return (
    error instanceof TransportStatusError ||
    error instanceof TransportRateLimitedError ||
    error instanceof ResponseMalformedError ||
    error instanceof ResponseUntrustedError ||
    error instanceof TransportCircuitOpenError
  )
}

const CHECK_THE_ISSUER =
  'Check the issuer. If its metadata are elsewhere, give their URL as transport.metadataUrl; if it has none, give the endpoint option'

/** The usual reason is a server with two names, so the message says which name belongs into which option. */
const TAKE_THE_OTHER_ISSUER =
  'The two issuers must be the same, character by character (RFC 8414 §3.3). Give as issuer what the server calls itself; if you ' +
  'reach it by another address, give that as the endpoint option beside it. If the metadata of the issuer are elsewhere, give ' +
  'their URL as transport.metadataUrl'

function remedyOf(issuer: string, untrusted: IntrospectionError | undefined): string {
  if (untrusted?.message.includes(SLASH) === true) return ''
  const remedy = untrusted === undefined ? CHECK_THE_ISSUER : TAKE_THE_OTHER_ISSUER
  return `. ${insteadOfIntrospection(issuer) ?? remedy}`
}

/**
 * One error for all URLs, of the kind that says most: an outage passes, another issuer is a wrong setting, and the rest
 * is absence.
 */
function summary(failures: readonly IntrospectionError[], issuer: string): IntrospectionError {
  const outage = failures.find(({ retryable }) => retryable)
  const untrusted = failures.find((failure) => failure instanceof ResponseUntrustedError)
  const malformed = failures.find((failure) => failure instanceof ResponseMalformedError)
  const [first] = failures
  const telling = outage ?? untrusted ?? malformed ?? first
  // No message quotes the answers.
  const message =
    `no usable metadata of ${issuer}: ${failures.map((failure) => messageOf(failure)).join('; ')}` +
    remedyOf(issuer, untrusted)
  const options = telling === undefined ? {} : { cause: telling }
  if (telling instanceof TransportCircuitOpenError) return telling
  if (telling instanceof TransportRateLimitedError) return new TransportRateLimitedError(message, telling, options)
  if (telling instanceof TransportStatusError) return new TransportStatusError(message, telling, options)
  if (telling instanceof ResponseUntrustedError) return new ResponseUntrustedError(message, options)
  return new ResponseMalformedError(message, options)
}

const SLASH = 'They differ in the slash at the end'

/** The names of a server often differ in a slash at the end. */
function sayDifference(other: string): string {
  return `${SLASH}: give ${other} as issuer (RFC 8414 §3.3)`
}

/**
 * A value that is safe to quote: without query and credentials, and without text that could look like a part of the
 * message.
 */
const QUOTABLE_URL = /^https?:\/\/[\w.:[\]/~%-]{1,200}$/

function refuseOtherIssuer({ issuer: named }: JsonObject, issuer: string, asked: string): void {
  // The parser reports a value that is not a string.
  if (named === issuer || typeof named !== 'string') return
  const other = QUOTABLE_URL.test(named) ? named : 'something else'
  const slash = `${other}/` === issuer || other === `${issuer}/` ? `. ${sayDifference(other)}` : ''
  throw new ResponseUntrustedError(`${asked}: for the issuer ${other}, expected ${issuer}${slash}`)
}
