/** Step `cache`: where the cache looks for an answer: in memory, or in a store that processes share. */
import type { IntrospectionResponse } from '@token-introspection/core'
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import type { LivenessRecord } from '../revocations/liveness.ts'
import type { AnswerCounts } from './answer-counts.ts'
import type { CacheEntry } from './cache-store.ts'
import type { Forgotten } from './forgotten.ts'

/** What a call demands of an answer from the cache. */
export interface RecallOptions {
  /** How old the answer may be, within the limits. */
  readonly maxAgeSeconds?: number | undefined
  /** The position of a revocation that the answer must know of. */
  readonly notOlderThan?: string | undefined
}

/** What every source needs. */
export interface SourceSettings<Result> {
  /** The part of a key that is the same for every answer about one token. */
  readonly tokenPart: (key: string) => string
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number
  /** Judges an answer again, at the given time in seconds. An answer that fails is treated as a miss. */
  readonly judge: (response: IntrospectionResponse, now: number) => MaybePromise<Result>
  /** Tokens that were forgotten. The source may still hold answers about them. */
  readonly forgotten: Forgotten
  /** Counts each recall. */
  readonly counts: AnswerCounts
}

/** One place of answers. */
export interface AnswerSource<Result> {
  /**
   * Finds an answer that is fresh enough, and counts the call; `undefined` when there is none. It never rejects.
   *
   * @param liveness - is filled when an answer is found.
   */
  recall(key: string, options: RecallOptions, liveness: LivenessRecord | undefined): MaybePromise<Result | undefined>
  /**
   * The entry of a key, fresh or not. Nothing is counted, dropped or changed.
   *
   * @throws or rejects when the store fails. Many stores return `null` for no entry.
   */
  peek(key: string): MaybePromise<CacheEntry | null | undefined>
  /** The answer of an entry that {@link AnswerSource.recall} would use now. Nothing is counted, dropped or changed. */
  wouldRecall(entry: CacheEntry, key: string, options: RecallOptions, nowMs: number): IntrospectionResponse | undefined
}
