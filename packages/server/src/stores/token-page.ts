/** Pages of tokens: what a query asks for, and where a page ends. */
import { sayUnknown } from '@token-introspection/core/options'
import { type CutoffKind, CUTOFF_KINDS, identifiersOf } from './cutoff.ts'
import type { TokenRecord } from './token-record.ts'
import type { ListedToken, TokenOwner, TokenPage, TokenPageQuery } from './token-store.ts'

/** The name of each kind in a query. */
const OWNER_NAMES = { grant: 'grantId', session: 'sessionId', subject: 'sub', client: 'client_id' } as const

const PAGE_OPTIONS: readonly string[] = ['after', 'limit']
const MAX_LIMIT = 100
const DEFAULT_LIMIT = 50

/** Before every token of a list: no token is younger. */
const FIRST: TokenPlace = { issuedAt: Number.MAX_SAFE_INTEGER, digest: '' }

/** Where a token is in a list: the newest first, and of the same second in the order of digests, from the last one. */
export interface TokenPlace {
  readonly issuedAt: number
  readonly digest: string
}

/** A query as a store asks it. */
export interface ResolvedPageQuery {
  readonly kind: CutoffKind
  readonly identifier: string
  /** The tokens after this place. */
  readonly after: TokenPlace
  readonly limit: number
}

/** @throws TypeError naming the member that is wrong. */
export function resolvePageQuery(query: TokenPageQuery): ResolvedPageQuery {
  const { after, limit = DEFAULT_LIMIT } = query
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    throw new TypeError(`limit: must be a whole number from 1 to ${MAX_LIMIT}`)
  }
  return { ...resolveOwner('query', query, PAGE_OPTIONS), after: after === undefined ? FIRST : readPlace(after), limit }
}

/** @throws TypeError unless it names one user, client, session or grant. */
export function resolveOwner(
  path: string,
  owner: TokenOwner,
  others: readonly string[] = [],
): { readonly kind: CutoffKind; readonly identifier: string } {
  const names = Object.values(OWNER_NAMES)
  const unknown = Object.keys(owner).find((name) => !names.includes(name as 'sub') && !others.includes(name))
  if (unknown !== undefined) throw new TypeError(`${path}.${unknown}: ${sayUnknown(unknown, [...names, ...others])}`)
  const [kind, second] = CUTOFF_KINDS.filter((each) => owner[OWNER_NAMES[each]] !== undefined)
  if (kind === undefined || second !== undefined) throw new TypeError(`${path}: must have one of ${names.join(', ')}`)
  const identifier: unknown = owner[OWNER_NAMES[kind]]
  if (typeof identifier !== 'string' || identifier === '') {
    throw new TypeError(`${path}.${OWNER_NAMES[kind]}: must be a non-empty string`)
  }
  return { kind, identifier }
}

/** Whether a token is that of the owner. */
export function isOf(record: TokenRecord, kind: CutoffKind, identifier: string): boolean {
  return identifiersOf(record)[CUTOFF_KINDS.indexOf(kind)] === identifier
}

/** Whether a place comes after another one. */
export function isAfter(place: TokenPlace, other: TokenPlace): boolean {
  return place.issuedAt < other.issuedAt || (place.issuedAt === other.issuedAt && place.digest < other.digest)
}

/** A token in its place. */
interface PlacedToken<Claims extends object> extends TokenPlace {
  /** The digest of the token. `undefined` if it cannot be looked up any more: then the page leaves it out. */
  readonly id: string | undefined
  readonly record: TokenRecord<Claims>
}

/**
 * Makes a page.
 *
 * @param found - up to one token more than the limit, in the order of the list.
 */
export function toPage<Claims extends object>(found: readonly PlacedToken<Claims>[], limit: number): TokenPage<Claims> {
  const tokens = found
    .slice(0, limit)
    .flatMap(({ id, record }): readonly ListedToken<Claims>[] => (id === undefined ? [] : [{ id, record }]))
  const last = found.length > limit ? found[limit - 1] : undefined
  return { tokens, next: last && `${last.issuedAt}.${last.digest}` }
}

function readPlace(after: string): TokenPlace {
  const [, issuedAt, digest] = /^(-1|\d{1,15})\.([\w-]{43})$/.exec(after) ?? []
  if (issuedAt === undefined || digest === undefined)
    throw new TypeError('after: must be `next` of a page of this list')
  return { issuedAt: Number(issuedAt), digest }
}
