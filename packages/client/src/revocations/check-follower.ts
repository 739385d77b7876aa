/** Refuses what is no follower of a feed of revocations, and says what to write in its place. */
import type { FollowerSurroundings, RevocationConnection, RevocationFollower } from './revocation-follower.ts'

/** Anything that a caller without types may give. */
type Given = Readonly<Record<string, unknown>> | boolean | null | undefined

/** What people give in place of a follower, and what they should write. The first that applies counts. */
const REMEDIES: readonly (readonly [applies: (value: Given) => boolean, remedy: string])[] = [
  [(value) => typeof value === 'function', 'a function: call it, as in followFeed()'],
  [(value) => typeof value === 'string', 'a string: for a URL write followFeed({ url })'],
  [(value) => has(value, 'href') || has(value, 'url'), 'the URL of a feed: write followFeed({ url })'],
  [(value) => has(value, 'then'), 'a promise: await it first'],
  [(value) => Array.isArray(value), 'an array: a client follows one feed'],
  [(value) => has(value, 'ask'), 'a connection: give the follower from which connectFollower made it'],
  [
    (value) => has(value, 'readAfter') || has(value, 'revocations'),
    'a log, a relay or a store: serve it with createRevocationFeedHandler, and follow that with followFeed({ url })',
  ],
  [
    (value) => has(value, 'call') || has(value, 'sendCommand'),
    'a client of Redis: write followRedisFeed({ client }) of @token-introspection/client/redis',
  ],
  [
    (value) => has(value, 'clientAuthentication') || has(value, 'issuer'),
    'an object with the options of a client: the follower comes first',
  ],
  [(value) => value === undefined, 'missing: write followFeed()'],
  [(value) => value === false || value === null, 'none: leave the option out to follow no feed'],
]

/**
 * Checks a follower.
 *
 * @param name - of the option or the parameter, for messages.
 * @throws TypeError that says what was given and what to write in its place.
 */
export function checkFollower(name: string, value: unknown): RevocationFollower {
  const given = value as Partial<RevocationFollower> | null | undefined
  if (typeof given?.connect !== 'function') {
    const remedy = REMEDIES.find(([applies]) => applies(value as Given))?.[1]
    const found = remedy ?? `${value === true ? 'true' : 'something without connect()'}: write followFeed()`
    throw new TypeError(
      `${name}: must be a follower, such as followFeed() of @token-introspection/client/revocations, but is ${found}`,
    )
  }
  if (given.bound !== 'proven' && given.bound !== 'assumed') {
    throw new TypeError(`${name}.bound: must be 'proven' or 'assumed'; if in doubt, 'assumed' promises less`)
  }
  if (given.keyOf !== undefined && typeof given.keyOf !== 'function') {
    throw new TypeError(`${name}.keyOf: must be a function, as createRevocationKeys() of core/revocations makes it`)
  }
  return value as RevocationFollower
}

/**
 * Connects a follower.
 *
 * @throws TypeError when it returns something else than a connection.
 */
export function connect(
  name: string,
  follower: RevocationFollower,
  surroundings: FollowerSurroundings,
): RevocationConnection {
  const connection = follower.connect(surroundings) as RevocationConnection | undefined
  if (typeof connection?.ask === 'function') {
    if (follower.keyOf === undefined || typeof connection.replay === 'function') return connection
    throw new TypeError(
      `${name}.connect: must return a connection with replay(), because the follower has keyOf: JWTs that are not introspected need ` +
        'the events from before the start',
    )
  }
  const found = has(connection as Given, 'then')
    ? ', but returned a promise: open what it needs with the first ask()'
    : ''
  throw new TypeError(`${name}.connect: must return a connection with ask()${found}`)
}

function has(value: Given, member: string): boolean {
  return typeof value === 'object' && value !== null && member in value
}
