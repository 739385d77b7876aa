/** A token store on Redis or Valkey: many processes, expiry by the server, and one script for all lookups of a tick. */
import { OptionGroup } from '@token-introspection/core/options'
import { revocationDigests, tombstoneDigests } from '../revocation-digests.ts'
import { toTombstone } from '../to-tombstone.ts'
import type { TokenRecord } from '../token-record.ts'
import { digestToken, type WritableTokenStore } from '../token-store.ts'
import { validateRevocation, validateTokenRecord } from '../validate-token-record.ts'
import { batchByTick } from '../batch-by-tick.ts'
import { toStoredIdentifier } from '../stored-identifier.ts'

/** A client that is called like ioredis: `Redis` and `Cluster` have all of it. */
export interface CallableRedisClient {
  call(command: string, args: string[]): Promise<unknown>
}

/** A client that is sent commands like node-redis: those of `createClient` and `createClientPool` have all of it. */
export interface SendingRedisClient {
  sendCommand(args: string[]): Promise<unknown>
}

/** Options of {@link createRedisTokenStore}. */
export interface RedisTokenStoreOptions {
  /**
   * A connected client of ioredis or node-redis, or anything that is used like one of them; of a client that has both
   * methods, `call` is used. It stays yours: the store does not close it.
   */
  readonly client: CallableRedisClient | SendingRedisClient
  /**
   * What every key begins with; `{introspection}:` unless given. The braces put all keys into one slot of a Redis Cluster,
   * which a script needs: keep a pair of them, around anything, when you run one.
   */
  readonly keyPrefix?: string | undefined
  /** Milliseconds since the epoch; `Date.now` unless given. Tokens are given their time to live by it, and a revocation is dated by it. */
  readonly now?: (() => number) | undefined
  /**
   * Seconds that a token lives at the longest which the store does not hold, such as a JWT access token. A revocation of
   * many tokens is kept for that and an hour. Default 3600, from 0, for when there are none, to 315360000.
   *
   * Security: set it to the longest lifetime of your JWTs. One that lives longer is usable again once the revocation of
   * its grant, session, user or client is gone.
   */
  readonly unstoredLifetimeSeconds?: number | undefined
}

/** The store {@link createRedisTokenStore} makes. */
export interface RedisTokenStore<Claims extends object = object> extends WritableTokenStore<Claims> {
  find(digest: string): Promise<TokenRecord<Claims> | null>
}

/** What tokens are revoked by: each a kind of cutoff, in the order they stand in a value. */
type Kind = 'grant' | 'session' | 'subject' | 'client'

/** The `iat` of a token that has none: before every cutoff there can be. */
const ISSUED_BEFORE_ALL = -1

/** Later than every date there can be: the moment of what ends for good, and the horizon of tokens that do not expire. */
const FOR_GOOD = 1e11

/**
 * Seconds for which a cutoff is kept, at least, for tokens that are issued or saved late; and beyond the last token it
 * covers, because the clocks of the processes that set either may differ.
 */
const CUTOFF_KEPT_SECONDS = 3600

/** Seconds that a tombstone is kept beyond `exp`, for the same reason. */
const TOMBSTONE_MARGIN_SECONDS = 300

/**
 * One round trip per tick: the tokens, and then every cutoff that could cover one of them. The head of a value says in
 * five lines when it was issued and what it is revoked by; the record follows, and is cut off from it here, because Lua
 * would copy it. Every key is one of `KEYS` or begins with the first of them, so that a client which puts a prefix before
 * keys puts it before all.
 */
const FIND = script(`
local match, tonumber, prefix = string.match, tonumber, KEYS[1]
local values = redis.call('MGET', unpack(KEYS, 2))
local names, owners, issued, count = {}, {}, {}, 0
for index = 1, #KEYS - 1 do
  local value = values[index]
  if value then
    local iat, grant, session, subject, client = match(value, '^([^\\n]*)\\n([^\\n]*)\\n([^\\n]*)\\n([^\\n]*)\\n([^\\n]*)\\n')
    issued[index] = tonumber(iat)
    if grant ~= '' then count = count + 1; names[count] = prefix .. grant; owners[count] = index end
    if session ~= '' then count = count + 1; names[count] = prefix .. session; owners[count] = index end
    if subject ~= '' then count = count + 1; names[count] = prefix .. subject; owners[count] = index end
    if client ~= '' then count = count + 1; names[count] = prefix .. client; owners[count] = index end
  end
end
if count > 0 then
  local cutoffs = redis.call('MGET', unpack(names))
  for place = 1, count do
    local cutoff = cutoffs[place]
    if cutoff and issued[owners[place]] <= tonumber(cutoff) then values[owners[place]] = false end
  end
end
return values
`)

/**
 * How the value of every revoked token ends, and of no other: a text within a record cannot look like this, because a quote
 * in a text has a backslash before it, and an object within a record ends with one more brace.
 */
const REVOKED_END = ',"revoked":true}'
const IS_TOMBSTONE = `redis.call('GETRANGE', key, -${REVOKED_END.length}, -1) == '${REVOKED_END}'`

/**
 * Whether a cutoff covers what a resolver knows of a token, and what is kept of the token itself: `false` when nothing is,
 * or when a cutoff covers that. KEYS[3] and the next ones up to ARGV[2] of them are other tombstones of the token.
 */
const IS_REVOKED = script(`
local prefix, issued, tombstones = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
for index = 3, 2 + tombstones do
  local key = KEYS[index]
  if ${IS_TOMBSTONE} then return {1, false} end
end
for index = 3 + tombstones, #KEYS do
  local cutoff = redis.call('GET', KEYS[index])
  if cutoff and issued <= tonumber(cutoff) then return {1, false} end
end
local value = redis.call('GET', KEYS[2])
if not value then return {0, false} end
local iat, grant, session, subject, client = string.match(value, '^([^\\n]*)\\n([^\\n]*)\\n([^\\n]*)\\n([^\\n]*)\\n([^\\n]*)\\n')
for _, name in ipairs({grant, session, subject, client}) do
  local cutoff = name ~= '' and redis.call('GET', prefix .. name)
  if cutoff and tonumber(iat) <= tonumber(cutoff) then return {1, false} end
end
return {0, value}
`)

/**
 * Saves a token unless it is revoked already, and remembers when the last of all tokens expires. A tombstone of the token wins
 * over whatever is saved later. KEYS[3] and the next ones up to ARGV[5] of them are its other tombstones.
 */
const SAVE = script(`
local value, issued, exp, seconds = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local tombstones = tonumber(ARGV[5])
if string.sub(value, -${REVOKED_END.length}) ~= '${REVOKED_END}' then
  for index = 2, 2 + tombstones do
    local key = index == 2 and KEYS[1] or KEYS[index]
    if ${IS_TOMBSTONE} then return 0 end
  end
end
for index = 3 + tombstones, #KEYS do
  local cutoff = redis.call('GET', KEYS[index])
  if cutoff and issued <= tonumber(cutoff) then return redis.call('DEL', KEYS[1]) end
end
local horizon = tonumber(redis.call('GET', KEYS[2]) or 0)
if exp >= ${FOR_GOOD} then
  redis.call('SET', KEYS[2], ARGV[3])
  redis.call('SET', KEYS[1], value)
elseif exp <= seconds then
  redis.call('DEL', KEYS[1])
else
  local lasts = exp - seconds
  if exp > horizon then redis.call('SET', KEYS[2], ARGV[3], 'EX', string.format('%.0f', lasts + ${CUTOFF_KEPT_SECONDS})) end
  redis.call('SET', KEYS[1], value, 'EX', string.format('%.0f', lasts))
end
return 1
`)

/** Removes a token. A tombstone stays: who revokes again without a record need not know that there is one. */
const REMOVE = script(`
local key = KEYS[1]
if not (${IS_TOMBSTONE}) then redis.call('DEL', key) end
return 1
`)

/**
 * Sets a cutoff, or moves it to a later moment. It never goes before the last token that it can cover. It is dated by the clock
 * of the server where that is ahead of ours: a process whose clock is behind would miss the tokens that others issued in the
 * last seconds. Without a moment it is now.
 */
const CUT_OFF = script(`
local lifetime = tonumber(ARGV[3])
local seconds = math.max(tonumber(ARGV[2]), tonumber(redis.call('TIME')[1]))
local at = tonumber(ARGV[1]) or seconds
at = math.max(at, tonumber(redis.call('GET', KEYS[1]) or at))
local horizon = tonumber(redis.call('GET', KEYS[2]) or 0)
local moment = at < ${FOR_GOOD} and at or seconds
local lasts = math.max(math.max(seconds, moment) + lifetime, horizon) - seconds + ${CUTOFF_KEPT_SECONDS}
local left = redis.call('TTL', KEYS[1])
if horizon >= ${FOR_GOOD} or left == -1 then
  redis.call('SET', KEYS[1], string.format('%.0f', at))
else
  redis.call('SET', KEYS[1], string.format('%.0f', at), 'EX', string.format('%.0f', math.max(lasts, left)))
end
return 1
`)

/**
 * Creates a token store in Redis (6 or newer) or Valkey, over a client of ioredis or node-redis. Tokens are kept by digest
 * alone, so the server has nothing that could be used as one; records are kept as JSON, and expired ones are removed by
 * the server. A token that was revoked alone is replaced by a tombstone until it has expired; revoking
 * a grant, a session, a user or a client writes one key, which is kept until the longest-lived token has expired, saved so
 * far or not to be saved at all, and an hour longer. Give tokens `exp`: once one without has been saved, these keys stay for
 * good. A revocation holds for every process from the moment its promise fulfils.
 *
 * Lookups of one event-loop tick are one round trip, to one script; more than 500 are several.
 *
 * Whatever the client rejects with, the store rejects with, and the handler answers 503. Let the client reject while it
 * is not connected, as below: by default both clients keep commands until it is, and callers waiting.
 *
 * Security: a token is usable again when the key that revoked it is lost. `maxmemory-policy` has to be `noeviction`, as any
 * other may drop it to make room; a server that is full then refuses writes, and lookups go on. What is restored from an
 * old snapshot is not revoked: use `appendonly yes`, or no persistence at all. Replication is not waited for, so that a
 * failover may undo the revocations of its last moment. Do not read from replicas.
 *
 * @throws TypeError naming the option that is wrong.
 *
 * @example
 * ```ts
 * import { createRedisTokenStore } from '@token-introspection/server/redis'
 * import { createClient } from 'redis'
 *
 * const client = createClient({ disableOfflineQueue: true })
 * client.on('error', (error) => console.error('Redis', error)) // without a listener it ends the process
 * await client.connect()
 * const store = createRedisTokenStore({ client })
 *
 * const now = Math.floor(Date.now() / 1000)
 * await store.save('2YotnFZFEjr1zCsicMWpAA', { kind: 'access_token', sub: 'alice', iat: now, exp: now + 3600 })
 * await store.revokeSubject('alice')
 * ```
 *
 * @example
 * ```ts
 * import { createRedisTokenStore } from '@token-introspection/server/redis'
 * import { Redis } from 'ioredis'
 *
 * const client = new Redis({ enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 2000 })
 * client.on('error', (error) => console.error('Redis', error))
 * export const store = createRedisTokenStore({ client })
 * ```
 */
export function createRedisTokenStore<Claims extends object = object>(
  options: RedisTokenStoreOptions,
): RedisTokenStore<Claims> {
  const group = new OptionGroup('', options, ['client', 'keyPrefix', 'now', 'unstoredLifetimeSeconds'])
  const command = toCommand(group)
  const keyPrefix = group.string('keyPrefix') ?? '{introspection}:'
  const clock = group.function<() => number>('now') ?? Date.now
  const now = (): number => Math.floor(clock() / 1000)
  const lifetime = group.integer('unstoredLifetimeSeconds', { default: 3600, min: 0, max: 315_360_000 })

  const cutoffs = `${keyPrefix}cutoff:`
  const horizon = `${keyPrefix}horizon`
  const tokenKey = (digest: string): string => `${keyPrefix}token:${digest}`
  const cutoffKeys = (names: readonly string[]): string[] =>
    names.filter((name) => name !== '').map((name) => cutoffs + name)

  /** By digest, so that the script is not sent each time; a server that was started since does not know it. */
  async function evaluate({ text, sha1 }: Script, keys: readonly string[], values: readonly unknown[]) {
    const rest = [String(keys.length), ...keys, ...values.map(String)]
    try {
      return await command('EVALSHA', [await sha1(), ...rest])
    } catch (error) {
      if (!isUnknownScript(error)) throw error
      return await command('EVAL', [text, ...rest])
    }
  }

  const find = batchByTick<Claims>(async (digests) => {
    const found = (await evaluate(FIND, [cutoffs, ...digests.map(tokenKey)], [])) as (string | null)[]
    const records = new Map<string, string>()
    for (const [index, digest] of digests.entries()) {
      const value = found[index]
      if (typeof value === 'string') records.set(digest, recordIn(value))
    }
    return records
  })

  async function revokeAll(kind: Kind, identifier: string, at: number | undefined): Promise<void> {
    await evaluate(CUT_OFF, [cutoffs + cutoffName(kind, identifier), horizon], [at ?? '', now(), lifetime])
  }

  return {
    find,
    async save(token, record) {
      validateTokenRecord(token, record)
      // Read before anything is awaited: the caller may change the object then.
      const { exp, iat, grantId, sessionId, sub, client_id } = record
      const json = JSON.stringify(revokedLast(record))
      const issued = iat ?? ISSUED_BEFORE_ALL
      const names = cutoffNames({ grantId, sessionId, sub, client_id })
      const value = [issued, ...names, json].join('\n')
      const [digest = '', ...others] = await revocationDigests(token)
      const keys = [tokenKey(digest), horizon, ...others.map(tokenKey), ...cutoffKeys(names)]
      await evaluate(SAVE, keys, [value, issued, exp ?? FOR_GOOD, now(), others.length])
    },
    async revoke(token, record) {
      // Read before anything is awaited: the caller may change the object then.
      const known = record ? { ...record } : await find(await digestToken(token))
      if (known === null) return
      const tombstone = toTombstone(known)
      const lastsSeconds = (tombstone.exp ?? FOR_GOOD) + TOMBSTONE_MARGIN_SECONDS - now()
      const keys = (await revocationDigests(token, known)).map(tokenKey)
      if (lastsSeconds <= 0) {
        await evaluate(REMOVE, keys.slice(0, 1), [])
        return
      }
      const value = [tombstone.iat ?? ISSUED_BEFORE_ALL, ...cutoffNames({}), JSON.stringify(tombstone)].join('\n')
      const lasts = tombstone.exp === undefined ? [] : ['EX', String(lastsSeconds)]
      await Promise.all(keys.map((key) => command('SET', [key, value, ...lasts])))
    },
    async revokeGrant(grantId) {
      validateRevocation('grantId', grantId)
      await revokeAll('grant', grantId, FOR_GOOD)
    },
    async revokeSession(sessionId) {
      validateRevocation('sessionId', sessionId)
      await revokeAll('session', sessionId, FOR_GOOD)
    },
    async revokeSubject(sub, at) {
      validateRevocation('sub', sub, at)
      await revokeAll('subject', sub, at)
    },
    async revokeClient(clientId) {
      validateRevocation('clientId', clientId)
      await revokeAll('client', clientId, undefined)
    },
    async isRevoked(digest, record) {
      // An `iat` that cannot be compared is none.
      const { iat = ISSUED_BEFORE_ALL } = toTombstone(record)
      const [, ...others] = await tombstoneDigests(digest, record)
      const keys = [cutoffs, tokenKey(digest), ...others.map(tokenKey), ...cutoffKeys(cutoffNames(record))]
      const [covered, value] = (await evaluate(IS_REVOKED, keys, [iat, others.length])) as [number, string | null]
      if (covered !== 0) return true
      return value !== null && Boolean((JSON.parse(recordIn(value)) as TokenRecord).revoked)
    },
  }
}

/** A record whose JSON ends as that of a revoked token has to, where it is one. */
function revokedLast(record: TokenRecord): TokenRecord {
  const { revoked, ...members } = record
  return revoked ? { ...members, revoked: true } : record
}

/** What a token is revoked by, in the order it stands in the head of a value. */
function cutoffNames({
  grantId,
  sessionId,
  sub,
  client_id,
}: Pick<TokenRecord, 'grantId' | 'sessionId' | 'sub' | 'client_id'>): readonly string[] {
  return [
    cutoffName('grant', grantId),
    cutoffName('session', sessionId),
    cutoffName('subject', sub),
    cutoffName('client', client_id),
  ]
}

/** The record of a value, which stands below its head: no line of that begins like a record. */
function recordIn(value: string): string {
  return value.slice(value.indexOf('\n{') + 1)
}

/** What the key of a cutoff ends with, on one line; empty when there is nothing to be revoked by. */
function cutoffName(kind: Kind, identifier: string | null | undefined): string {
  return identifier ? `${kind}:${toStoredIdentifier(identifier)}` : ''
}

type Command = (name: string, args: string[]) => Promise<unknown>

/** The one way both kinds of clients are used. ioredis has a `sendCommand` too, which means something else. */
function toCommand(group: OptionGroup): Command {
  const client = group.raw('client') as Partial<CallableRedisClient & SendingRedisClient> | null | undefined
  if (client === undefined) throw group.error('client', 'is required')
  if (typeof client?.call === 'function') return (name, args) => (client as CallableRedisClient).call(name, args)
  if (typeof client?.sendCommand !== 'function') throw group.error('client', 'must have call() or sendCommand()')
  return (name, args) => (client as SendingRedisClient).sendCommand([name, ...args])
}

interface Script {
  readonly text: string
  /** The digest the server knows it by, made when it is first needed. */
  readonly sha1: () => Promise<string>
}

function script(text: string): Script {
  let digesting: Promise<string> | undefined
  return { text, sha1: () => (digesting ??= digestScript(text)) }
}

async function digestScript(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (octet) => octet.toString(16).padStart(2, '0')).join('')
}

function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT')
}
