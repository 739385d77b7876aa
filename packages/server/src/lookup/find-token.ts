/** Step `lookup`: finds the token, whatever the hint says (RFC 7662 §2.1), and drops it if it is not live. */
import type { IntrospectionRequest } from '@token-introspection/core'
import { andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { askDependency, sayFailure } from '../dependencies/ask-dependency.ts'
import { LookupStoreError } from '../errors.ts'
import type { Warn } from '../events/warning.ts'
import { type Caller, TokenLookup } from '../stores/token-lookup.ts'
import { type NotLive, type TokenRecord, whyNotLive, whyNotLiveBeforeUse } from '../stores/token-record.ts'
import type { TokenKind, TokenResolver } from './token-resolver.ts'
import { digestToken } from '../stores/token-store.ts'

/** Says whether a live token that may be disclosed is still good. Only `true` means yes. */
export type IsActive = (record: TokenRecord, lookup: TokenLookup) => boolean | Promise<boolean>

/** Says whether a token was minted here. Only `true` means yes. */
export type IsMinted = (token: string) => boolean | Promise<boolean>

/** The resolved options of the step. */
export interface LookupStep {
  readonly resolvers: readonly TokenResolver[]
  readonly isMinted: IsMinted | undefined
  readonly isActive: IsActive | undefined
  /** The longest time for each function, in milliseconds. */
  readonly timeoutMs: number
  readonly warn: Warn
  /** The largest number of characters of a token. A longer one is not looked up. `undefined`: no limit. */
  readonly maxTokenLength?: number | undefined
  /** Seconds since the epoch. */
  readonly now: () => number
}

/** The reason why a lookup found no usable token. It is for the operator and never goes over the wire. */
export type LookupReason = 'unknown' | 'not-minted' | 'too-long' | NotLive | 'not-active'

/** The result of the step: the record of a token, or the reason why there is none. */
export interface FoundToken {
  /** The lookup. */
  readonly lookup: TokenLookup
  /** The resolver that found the token. */
  readonly resolver: string | undefined
  /** The record of a live token. */
  readonly record: TokenRecord | undefined
  /** The reason without a record. */
  readonly reason: LookupReason | undefined
  /** The record that the resolver returned, live or not. Only explanations use it. */
  readonly known: TokenRecord | undefined
}

/** Finds a token that may be used now. A resolver that throws is a failure, and never makes a token inactive. */
export function findToken(request: IntrospectionRequest, step: LookupStep, caller?: Caller): MaybePromise<FoundToken> {
  return find(request, step, judgeLive, caller)
}

/**
 * Finds a token that can be revoked. It need not be valid yet, but it must not be revoked or expired. A refresh token that was used can
 * still end its grant: a client may have lost the answer with the new one.
 */
export function findRevocableToken(
  request: IntrospectionRequest,
  step: LookupStep,
  caller?: Caller,
): MaybePromise<FoundToken> {
  return find(request, step, judgeRevocable, caller)
}

type Known = FoundToken & { readonly record: TokenRecord }

/** Decides about a known token. */
type Judge = (known: Known, step: LookupStep) => FoundToken

function judgeLive(known: Known, step: LookupStep): FoundToken {
  const reason = whyNotLive(known.record, step.now())
  return reason === undefined ? known : without(known, reason)
}

function judgeRevocable(known: Known, step: LookupStep): FoundToken {
  const reason = whyNotLiveBeforeUse(known.record, step.now())
  return reason === undefined || reason === 'not-yet-valid' ? known : without(known, reason)
}

function without({ lookup, resolver, known }: FoundToken, reason: LookupReason): FoundToken {
  return { lookup, resolver, record: undefined, reason, known }
}

function nothing(lookup: TokenLookup, reason: LookupReason): FoundToken {
  return { lookup, resolver: undefined, record: undefined, reason, known: undefined }
}

function find(
  request: IntrospectionRequest,
  step: LookupStep,
  judge: Judge,
  caller: Caller | undefined,
): MaybePromise<FoundToken> {
  return andThen(digestToken(request.token), (digest) => {
    const lookup = new TokenLookup(request, digest, caller)
    const { isMinted, maxTokenLength = Number.POSITIVE_INFINITY } = step
    if (lookup.token.length > maxTokenLength) return nothing(lookup, 'too-long')
    if (isMinted === undefined) return search(lookup, step, judge)
    const asked = ask(() => isMinted(lookup.token), 'lookup.isMinted', lookup, step)
    return andThen(asked, (minted: unknown) =>
      minted === true ? search(lookup, step, judge) : nothing(lookup, 'not-minted'),
    )
  })
}

function search(lookup: TokenLookup, step: LookupStep, judge: Judge): MaybePromise<FoundToken> {
  const resolvers = hintedFirst(step.resolvers, lookup.tokenTypeHint)
  const resolving = resolveInOrder(lookup, resolvers, 0, step)
  return andThen(resolving, (found) => (isKnown(found) ? judge(found, step) : found))
}

function resolveInOrder(
  lookup: TokenLookup,
  resolvers: readonly TokenResolver[],
  index: number,
  step: LookupStep,
): MaybePromise<FoundToken> {
  const resolver = resolvers[index]
  if (resolver === undefined) return nothing(lookup, 'unknown')
  const asked = ask(() => resolver.resolve(lookup), `the resolver ${resolver.name}`, lookup, step)
  return andThen(asked, (record) => {
    if (record === null || record === undefined) return resolveInOrder(lookup, resolvers, index + 1, step)
    // A resolver in plain JavaScript may return any value, such as `true` for a known token.
    if (typeof record !== 'object') {
      throw new LookupStoreError(`the resolver ${resolver.name} returned a ${typeof record}: return a record, or null`)
    }
    return { lookup, resolver: resolver.name, record, reason: undefined, known: record }
  })
}

/** Calls a function of the application for the step, with the time limit. */
export function ask<Value>(
  question: () => MaybePromise<Value>,
  whom: string,
  lookup: TokenLookup,
  step: Pick<LookupStep, 'timeoutMs'>,
): MaybePromise<Value> {
  return askDependency(
    question,
    step.timeoutMs,
    (cause) => new LookupStoreError(`${whom} failed: ${sayFailure(cause)}`, { cause }),
    lookup,
  )
}

/** The resolvers that can find the hinted kind, then the others. A wrong hint costs time and nothing else. */
function hintedFirst(resolvers: readonly TokenResolver[], hint: string | undefined): readonly TokenResolver[] {
  if (hint === undefined || resolvers.length < 2) return resolvers
  const isHinted = ({ kinds }: TokenResolver): boolean => kinds === undefined || kinds.includes(hint as TokenKind)
  return [...resolvers.filter(isHinted), ...resolvers.filter((resolver) => !isHinted(resolver))]
}

function isKnown(found: FoundToken): found is Known {
  return found.record !== undefined
}
