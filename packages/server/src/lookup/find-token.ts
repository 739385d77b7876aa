/** Step `lookup`: find the token, whatever the hint says (RFC 7662 §2.1), and leave out what is no longer live. */
import type { IntrospectionRequest } from '@token-introspection/core'
import { LookupStoreError } from '../errors.ts'
import { isLive, type TokenRecord } from './token-record.ts'
import { digestToken, type TokenStore } from './token-store.ts'

/** What the step needs. */
export interface LookupStep {
  readonly store: TokenStore
  /** Seconds since the epoch. */
  readonly now: () => number
}

/** What the step found: the digest, for events, and the record of a token that is live. */
export interface FoundToken {
  readonly digest: string
  readonly record: TokenRecord | undefined
}

/** A store that throws is an outage, never an inactive token. */
export async function findToken(request: IntrospectionRequest, step: LookupStep): Promise<FoundToken> {
  const digest = await digestToken(request.token)
  let record: TokenRecord | null
  try {
    record = (await step.store.find(digest)) ?? null
  } catch (cause) {
    throw new LookupStoreError('the token store failed', { cause })
  }
  return { digest, record: record !== null && isLive(record, step.now()) ? record : undefined }
}
