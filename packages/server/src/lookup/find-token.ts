/** Step `lookup`: find the token, whatever the hint says (RFC 7662 §2.1), and leave out what is no longer live. */
import type { IntrospectionRequest } from '@token-introspection/core'
import { LookupStoreError } from '../errors.ts'
import { isPromise } from '../maybe-promise.ts'
import { isLive, isOver, type TokenRecord } from './token-record.ts'
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

/** A token that may be used now. A store that throws is an outage, never an inactive token. */
export function findToken(request: IntrospectionRequest, step: LookupStep): Promise<FoundToken> {
  return find(request, step, isLive)
}

/** A token that can still be revoked: one that is not valid yet can, one that is over cannot. */
export function findRevocableToken(request: IntrospectionRequest, step: LookupStep): Promise<FoundToken> {
  return find(request, step, (record, now) => !isOver(record, now))
}

async function find(
  request: IntrospectionRequest,
  step: LookupStep,
  isSought: (record: TokenRecord, now: number) => boolean,
): Promise<FoundToken> {
  const digesting = digestToken(request.token)
  const digest = isPromise(digesting) ? await digesting : digesting
  let record: TokenRecord | null | undefined
  try {
    const finding = step.store.find(digest)
    record = isPromise(finding) ? await finding : finding
  } catch (cause) {
    throw new LookupStoreError('the token store failed', { cause })
  }
  const sought = record !== null && record !== undefined && isSought(record, step.now())
  return { digest, record: sought ? (record as TokenRecord) : undefined }
}
