/** Warnings for the operator: which are given, and their texts. */
import { createWarner, type OnWarning, type Warning, withoutCode, withoutQuery } from '@token-introspection/core'
import type { OptionGroup } from '@token-introspection/core/options'
import { showWarning } from '#diagnostics'
import type { FeedChange } from '../revocations/follow-revocations.ts'

/**
 * Warns.
 *
 * @param urlOf - the endpoint that the warning is about. Default the introspection endpoint.
 */
export type Notice = (warning: Pick<Warning, 'code' | 'message'>, urlOf?: () => string | undefined) => void

/** Warns of failures and of events with that code; `undefined` when warnings are off. */
export function resolveWarnings(
  group: OptionGroup,
  nowMs: () => number,
  endpoint: () => string | undefined,
): Notice | undefined {
  if (group.raw('onWarning') === false) return undefined
  const given = group.function<OnWarning>('onWarning')
  if (given === undefined && group.has('onEvent')) return undefined
  const warn = createWarner({ onWarning: given ?? showWarning, nowMs })
  return ({ code, message }, urlOf = endpoint) => {
    const url = urlOf()
    const where = url === undefined ? undefined : withoutQuery(url)
    const advice = given === undefined ? '. Set onEvent to hear of every failure, or onWarning: false for silence' : ''
    // Most messages of errors name the URL themselves.
    const place = where === undefined || message.includes(where) ? '' : `${where}: `
    warn({
      code,
      endpoint: where,
      message: `${place}${withoutCode(message, code)}${advice}`,
    })
  }
}

/** The caller of a client has passed a whole `Authorization` field. */
export const WITH_SCHEME_WARNING = {
  code: 'token_with_scheme',
  message:
    'introspect() was called with a text that begins with a scheme, such as "Bearer ". Pass the token alone, or let a guard read ' +
    'the request. Every such call says that the token is inactive, and no server is asked',
} as const

/** The changes of a feed that an operator should know, although nothing has failed. */
export const FEED_WARNINGS: Readonly<Partial<Record<FeedChange, Pick<Warning, 'code' | 'message'>>>> = {
  full: {
    code: 'revocations_full',
    message:
      'more was revoked than jwt.maxRevokedKeys allows, so the client has forgotten the oldest revocations. It refuses, or with ' +
      'jwt.mode local-or-introspect introspects, each JWT from before them. Raise jwt.maxRevokedKeys, or have the authorization ' +
      'server issue JWTs that live for a shorter time, and lower jwt.maxTokenAgeSeconds',
  },
  unconfirmed: {
    code: 'revocations_unconfirmed',
    message:
      'the introspection answers never confirm the position of the feed, so the client remembers them for cache.maxAgeSeconds ' +
      'only, as without a feed. Does the feed serve the same token store as the introspection endpoint, and has that store ' +
      'a revocation log?',
  },
}
