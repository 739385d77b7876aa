/** Step `transport`: what an issuer publishes about itself (RFC 8414 §3, OpenID Connect Discovery). */
import {
  type AuthorizationServerMetadata,
  authorizationServerMetadataUrls,
  JSON_MEDIA_TYPE,
  type JsonObject,
  parseAuthorizationServerMetadata,
} from '@token-introspection/core'
import {
  type IntrospectionError,
  ResponseMalformedError,
  ResponseUntrustedError,
  TransportCircuitOpenError,
  TransportStatusError,
} from '../../errors.ts'
import type { Deadline } from '../deadline.ts'
import { type RetrySettings, withRetry } from '../outage/retry.ts'
import { readJsonReply } from '../read-reply.ts'
import { insteadOfIntrospection } from '../servers-without-introspection.ts'
import type { Send } from '../transport.ts'

/** What fetching the metadata needs. */
export interface FetchMetadataSettings {
  readonly issuer: string
  /** The one place to look at, instead of the well-known ones. */
  readonly metadataUrl?: string | undefined
  readonly send: Send
  readonly maxResponseBytes: number
  /** Requests are made once only without it. */
  readonly retry: RetrySettings | undefined
}

/**
 * Looks at each well-known place until one has the document. Many sites answer the places they do not know with a page, a
 * redirect or an error of their own, so nothing that stands at one place says what stands at the next. A document counts
 * that names this very issuer (RFC 8414 §3.3), wherever it was.
 *
 * Servers may keep two documents, and one of them may lack an endpoint that the other one names. So the search goes on until
 * the documents say enough together; where two say different things, the first one holds.
 *
 * @param isEnough - whether the metadata name every endpoint that is wanted. What is found is given in any case.
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
      // Where no answer comes from one place, none comes from the next, of the same server.
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
  const reply = await withRetry(
    (freshConnection) => send(freshConnection ? { ...request, freshConnection } : request),
    deadline,
    retry,
  )
  const asked = `metadata at ${url}`
  // Nothing was shown that could be refused.
  if (isAbsent(reply.status)) {
    throw new TransportStatusError(`${asked}: status ${reply.status}`, { status: reply.status })
  }
  const document = readJsonReply(reply, asked)
  refuseOtherIssuer(document, issuer, url)
  return parseAuthorizationServerMetadata(document, issuer)
}

/** Servers say "no such page" in several ways; an outage is not one of them. */
function isAbsent(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429
}

type FailureOfPlace = ResponseMalformedError | ResponseUntrustedError | TransportCircuitOpenError | TransportStatusError

function isAboutPlace(error: unknown): error is FailureOfPlace {
  return (
    error instanceof TransportStatusError ||
    error instanceof ResponseMalformedError ||
    error instanceof ResponseUntrustedError ||
    error instanceof TransportCircuitOpenError
  )
}

const CHECK_THE_ISSUER =
  'Check the issuer. If its metadata are elsewhere, give their URL as transport.metadataUrl; if it has none, give the endpoint option'

/** A server behind two names is the usual reason, so the message says which one goes where. */
const TAKE_THE_OTHER_ISSUER =
  'The two issuers must be the same, character by character (RFC 8414 §3.3). Give as issuer what the server calls itself; if you ' +
  'reach it by another address, give that as the endpoint option beside it. If the metadata of the issuer are elsewhere, give ' +
  'their URL as transport.metadataUrl'

/** One error for all places, of the kind that says most: an outage will pass, another issuer is a mistake, the rest is absence. */
function summary(failures: readonly IntrospectionError[], issuer: string): IntrospectionError {
  const outage = failures.find(({ retryable }) => retryable)
  const untrusted = failures.find((failure) => failure instanceof ResponseUntrustedError)
  const malformed = failures.find((failure) => failure instanceof ResponseMalformedError)
  const [first] = failures
  const telling = outage ?? untrusted ?? malformed ?? first
  // What stands in the answers is not quoted by any of the messages.
  const message =
    `no usable metadata of ${issuer}: ${failures.map((failure) => failure.message).join('; ')}. ` +
    (insteadOfIntrospection(issuer) ?? (untrusted === undefined ? CHECK_THE_ISSUER : TAKE_THE_OTHER_ISSUER))
  const options = telling === undefined ? {} : { cause: telling }
  if (telling instanceof TransportCircuitOpenError) return telling
  if (telling instanceof TransportStatusError) return new TransportStatusError(message, telling, options)
  if (telling instanceof ResponseUntrustedError) return new ResponseUntrustedError(message, options)
  return new ResponseMalformedError(message, options)
}

/** What may be quoted: no query and no credentials, nothing that could be mistaken for more of the message. */
const QUOTABLE_URL = /^https?:\/\/[\w.:[\]/~%-]{1,200}$/

function refuseOtherIssuer({ issuer: named }: JsonObject, issuer: string, url: string): void {
  // What is no string is malformed, which the parser says.
  if (named === issuer || typeof named !== 'string') return
  const other = QUOTABLE_URL.test(named) ? named : 'something else'
  throw new ResponseUntrustedError(`metadata at ${url}: for the issuer ${other}, expected ${issuer}`)
}
