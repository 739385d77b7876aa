/** Connects a follower that no client follows: for relays, tests and programs of your own. */
import { OptionGroup } from '@token-introspection/core/options'
import type { RevocationPage } from '@token-introspection/core/revocations'
import { checkFollower, connect } from '../revocations/check-follower.ts'
import type {
  FollowerSurroundings,
  RevocationConnection,
  RevocationFollower,
} from '../revocations/revocation-follower.ts'
import type { ClientAuthentication } from '../transport/client-authentication/client-authentication.ts'
import { resolveTransport } from '../transport/resolve-transport.ts'
import type { TransportOptions } from '../transport/transport-options.ts'
import type { TransportStep } from '../transport/transport-step.ts'
import { refuseMisplaced } from './refuse-misplaced.ts'

/** How a follower without a client reaches the authorization server. They mean what they mean for a client. */
export interface ReachOptions {
  /** The issuer identifier of the authorization server. `followFeed` needs it. */
  readonly issuer?: string | undefined
  /** How to authenticate to the feed. `followFeed` needs it. */
  readonly clientAuthentication?: ClientAuthentication | undefined
  /** How requests are sent. */
  readonly transport?: TransportOptions | undefined
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

/** The names of the options. */
export const REACH_OPTIONS = ['issuer', 'clientAuthentication', 'transport', 'now'] as const

/** Where options belong that people give here. */
export const BELONGS_ELSEWHERE = {
  url: 'belongs to the follower: followFeed({ url })',
  endpoint: 'belongs to the follower: followFeed({ url })',
  connect: 'is a method of a follower: the follower comes first and the options second',
}

/** What to write for an option that is missing. */
const REMEDIES = {
  issuer: ': the issuer identifier of the authorization server, such as https://as.example.com',
  clientAuthentication: ', such as clientSecretBasic(clientId, clientSecret)',
}

/** The connection of {@link connectFollower}. */
export interface OwnConnection extends Required<Omit<RevocationConnection, 'replay' | 'url'>> {
  /** As the follower has it. Absent when the feed cannot be replayed. */
  replay?(signal: AbortSignal): Promise<RevocationPage>
  /** Whether the feed sends events by itself. Otherwise `listen` ends at once. */
  readonly canListen: boolean
  close(): Promise<void>
}

/**
 * Connects a follower without an `IntrospectionClient`. Nothing is sent before the first question.
 *
 * @returns the connection. Its `close` also closes the connections of the transport.
 * @throws TypeError that names the option that is missing, unknown or wrong, or says that the follower is none.
 * @example
 * ```ts
 * import { clientSecretBasic } from '@token-introspection/client'
 * import { connectFollower, followFeed } from '@token-introspection/client/revocations'
 *
 * export async function lastPosition(): Promise<string> {
 *   const connection = connectFollower(followFeed(), {
 *     issuer: 'https://as.example.com',
 *     clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
 *   })
 *   const { position } = await connection.ask(undefined, AbortSignal.timeout(5000))
 *   await connection.close()
 *   return position
 * }
 * ```
 */
export function connectFollower(follower: RevocationFollower, options: ReachOptions = {}): OwnConnection {
  return connectAlone(follower, options, false)
}

/**
 * The same for a relay.
 *
 * @param wantsKeyCheck - whether pages are to say which secret the log has.
 */
export function connectAlone(
  follower: RevocationFollower,
  options: ReachOptions,
  wantsKeyCheck: boolean,
): OwnConnection {
  checkFollower('follower', follower)
  refuseMisplaced(options, BELONGS_ELSEWHERE)
  const surroundings = resolveSurroundings(new OptionGroup('', options, REACH_OPTIONS), wantsKeyCheck)
  const connection = connect('follower', follower, surroundings)
  const replay = connection.replay?.bind(connection)
  return {
    ...(replay !== undefined && { replay }),
    canListen: connection.listen !== undefined,
    ask: (after, signal) => connection.ask(after, signal),
    listen: (after, onEvents, signal) => connection.listen?.(after, onEvents, signal) ?? Promise.resolve(),
    async close() {
      await connection.close?.()
      await surroundings.close()
    },
  }
}

/** Reads the options. The transport is made when a follower first uses it, because not every follower does. */
function resolveSurroundings(
  group: OptionGroup,
  wantsKeyCheck: boolean,
): FollowerSurroundings & { close(): Promise<void> } {
  const nowMs = group.function<() => number>('now') ?? Date.now
  let transport: TransportStep | undefined
  let closing: Promise<void> | undefined
  return {
    nowMs,
    // Otherwise the follower decides by itself.
    ...(wantsKeyCheck && { wantsKeyCheck }),
    get transport() {
      for (const name of ['issuer', 'clientAuthentication'] as const) {
        if (!group.has(name)) throw group.error(name, `is required by this follower${REMEDIES[name]}`)
      }
      transport ??= resolveTransport(
        new OptionGroup('', Object.fromEntries(REACH_OPTIONS.map((name) => [name, group.raw(name)])), [
          ...REACH_OPTIONS,
          'endpoint',
          'jwt',
          'response',
        ]),
        { onCircuitChange: ignore, onMetadataFailure: ignore },
      )
      return transport
    },
    close: () => (closing ??= transport?.close() ?? Promise.resolve()),
  }
}

/** A follower reports its failures to its caller. */
function ignore(): void {}
