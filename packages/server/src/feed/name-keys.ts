/** Step `feed` of an introspection, after the answer is shaped: which events can end this token? */
import { signedContent } from '@token-introspection/core'
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import type { RevocationKeys, RevocationKind } from '@token-introspection/core/revocations'
import type { FoundToken } from '../lookup/find-token.ts'
import type { Answer } from '../response/answer.ts'
import type { RevocationMembers } from '../response/revocation-members.ts'
import { tombstoneDigests } from '../stores/revocation-digests.ts'
import type { TokenLookup } from '../stores/token-lookup.ts'
import type { TokenRecord } from '../stores/token-record.ts'
import { digestToken } from '../stores/token-store.ts'
import type { NotedPosition, ProofStep } from './note-position.ts'

/**
 * Makes the members that a follower gets: the keys of every event that can end the token, and where the token was read. The keys
 * come from the record, before any view, because an event ends the token whatever the caller may see.
 *
 * The keys are remembered on the answer. Answers with a view or a claims schema are made anew for each request, and so are their
 * keys.
 *
 * @returns `undefined` for an inactive answer, and for a caller that does not follow the feed.
 */
export function nameKeys(
  answer: Answer,
  noted: NotedPosition | undefined,
  { lookup, record }: FoundToken,
  step: ProofStep | undefined,
): MaybePromise<RevocationMembers | undefined> {
  if (noted === undefined || step === undefined || record === undefined || !answer.response.active) return undefined
  const { readAt } = noted
  if (answer.keys !== undefined) return { keys: answer.keys, readAt }
  return makeKeys(lookup, record, step.log.keyOf).then((keys) => {
    answer.keys = JSON.stringify(keys)
    return { keys: answer.keys, readAt }
  })
}

/** The keys of a token: of each digest under which a tombstone can lie, and of its grant, session, user and client. */
async function makeKeys(
  { token, digest }: Pick<TokenLookup, 'token' | 'digest'>,
  record: TokenRecord,
  keyOf: RevocationKeys,
): Promise<readonly string[]> {
  const digests = new Set(await tombstoneDigests(digest, record))
  // A store that holds a JWT also looks under its signed part, whatever the record says.
  const signed = signedContent(token)
  if (signed !== token) digests.add(await digestToken(signed))
  const named: [kind: RevocationKind, identifier: unknown][] = [
    ...[...digests].map((of): [RevocationKind, string] => ['token', of]),
    ['grant', record.grantId],
    ['session', record.sessionId],
    ['subject', record.sub],
    ['client', record.client_id],
  ]
  // A store in plain JavaScript may return null for an absent identifier, or a number.
  const present = named.filter(([, identifier]) => identifier !== undefined && identifier !== null && identifier !== '')
  return await Promise.all(present.map(async ([kind, identifier]) => await keyOf(kind, String(identifier))))
}
