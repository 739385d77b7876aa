/** Step `lookup`: find the token, whatever the hint says (RFC 7662 §2.1), and leave out what is no longer live. */
import type { IntrospectionRequest } from '@token-introspection/core'
import { andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { askDependency } from '../dependencies/ask-dependency.ts'
import { LookupStoreError } from '../errors.ts'
import type { Warn } from '../events/warning.ts'
import { type Caller, TokenLookup } from '../stores/token-lookup.ts'
import { type NotLive, type TokenRecord, whyNotLive } from '../stores/token-record.ts'
import type { TokenKind, TokenResolver } from './token-resolver.ts'
import { digestToken } from '../stores/token-store.ts'

/** Says whether a token that is live and may be disclosed is still good. Anything but `true` is no. */
export type IsActive = (record: TokenRecord, lookup: TokenLookup) => boolean | Promise<boolean>

/** Tells tokens that were minted here from junk. Anything but `true` is junk. */
export type IsMinted = (token: string) => boolean | Promise<boolean>

/** What the step needs. */
export interface LookupStep {
  readonly resolvers: readonly TokenResolver[]
  readonly isMinted: IsMinted | undefined
  readonly isActive: IsActive | undefined
  /** Milliseconds that each of them may take. */
  readonly timeoutMs: number
  readonly warn: Warn
  /** Seconds since the epoch. */
  readonly now: () => number
}

/** Why a lookup has nothing to give. For the operator, never for the wire. */
export type LookupReason = 'unknown' | 'not-minted' | NotLive | 'not-active'

/** What the step found: the record of a token, or why there is none. */
export interface FoundToken {
  /** What was looked for. */
  readonly lookup: TokenLookup
  /** The resolver that knew the token. */
  readonly resolver: string | undefined
  /** The record of a token that is live. */
  readonly record: TokenRecord | undefined
  /** Why there is none. */
  readonly reason: LookupReason | undefined
  /** What the resolver gave, live or not; for explanations alone. */
  readonly known: TokenRecord | undefined
}

/** A token that may be used now. A resolver that throws is an outage, never an inactive token. */
export function findToken(request: IntrospectionRequest, step: LookupStep, caller?: Caller): MaybePromise<FoundToken> {
  return find(request, step, judgeLive, caller)
}

/** A token that can still be revoked: one that is not valid yet can, one that is over cannot. */
export function findRevocableToken(
  request: IntrospectionRequest,
  step: LookupStep,
  caller?: Caller,
): MaybePromise<FoundToken> {
  return find(request, step, judgeRevocable, caller)
}

type Known = FoundToken & { readonly record: TokenRecord }

/** What becomes of a token that is known. */
type Judge = (known: Known, step: LookupStep) => FoundToken

function judgeLive(known: Known, step: LookupStep): FoundToken {
  const reason = whyNotLive(known.record, step.now())
  return reason === undefined ? known : without(known, reason)
}

function judgeRevocable(known: Known, step: LookupStep): FoundToken {
  const reason = whyNotLive(known.record, step.now())
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
    const { isMinted } = step
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
    // A resolver in plain JavaScript may give anything, such as `true` for a token that it knows.
    if (typeof record !== 'object') {
      throw new LookupStoreError(`the resolver ${resolver.name} gave a ${typeof record}: give a record, or null`)
    }
    return { lookup, resolver: resolver.name, record, reason: undefined, known: record }
  })
}

/** Asks a dependency of the step, for as long as it may take. */
export function ask<Value>(
  question: () => MaybePromise<Value>,
  whom: string,
  lookup: TokenLookup,
  step: Pick<LookupStep, 'timeoutMs'>,
): MaybePromise<Value> {
  return askDependency(question, step.timeoutMs, (cause) => new LookupStoreError(`${whom} failed`, { cause }), lookup)
}

/** Those that can find what is hinted, then the others: a wrong hint costs time and nothing else. */
function hintedFirst(resolvers: readonly TokenResolver[], hint: string | undefined): readonly TokenResolver[] {
  if (hint === undefined || resolvers.length < 2) return resolvers
  const isHinted = ({ kinds }: TokenResolver): boolean => kinds === undefined || kinds.includes(hint as TokenKind)
  return [...resolvers.filter(isHinted), ...resolvers.filter((resolver) => !isHinted(resolver))]
}

function isKnown(found: FoundToken): found is Known {
  return found.record !== undefined
}
