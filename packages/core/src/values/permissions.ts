/** The `permissions` member of a requesting party token (UMA 2.0 Federated Authorization §5.1.1). */
import * as z from 'zod/mini'
import { OptionGroup } from '../options/option-group.ts'
import { numericDateSchema } from './numeric-date.ts'

/** Schema of `permissions`: which resource, which scopes (possibly none), and until when. */
export const permissionsSchema = z.array(
  z.looseObject({
    resource_id: z.string(),
    resource_scopes: z.array(z.string()),
    exp: z.optional(numericDateSchema),
    iat: z.optional(numericDateSchema),
    nbf: z.optional(numericDateSchema),
  }),
)

/** The permissions of a requesting party token. */
export type Permissions = z.infer<typeof permissionsSchema>

/** What a permission has to grant. */
export interface WantedPermission {
  readonly resourceId: string
  /** All of them, of one and the same permission. Default none, and then any permission for the resource will do. */
  readonly resourceScopes?: readonly string[] | undefined
}

/**
 * Whether one permission grants all of what is wanted, now. Strings are compared as they stand, and permissions are never
 * added up. The times of the token itself are not looked at: when it is over, so are its permissions (UMA 2.0 Federated
 * Authorization §5.1.1).
 *
 * @param now - in seconds since the epoch.
 * @throws TypeError naming the member of `wanted` that is unknown or of the wrong type: what is not compared would be granted.
 * @example
 * ```ts
 * import { permissionsInclude } from '@token-introspection/core'
 *
 * const permissions = [{ resource_id: 'photo-1', resource_scopes: ['view'] }]
 * permissionsInclude(permissions, { resourceId: 'photo-1', resourceScopes: ['view'] }, Date.now() / 1000) // true
 * ```
 */
export function permissionsInclude(permissions: Permissions, wanted: WantedPermission, now: number): boolean {
  return readWantedPermission('wanted', wanted)(permissions, now)
}

/** Whether permissions grant what was wanted; `now` is in seconds since the epoch. */
export type GrantsPermission = (permissions: Permissions, now: number) => boolean

/**
 * Reads what a permission has to grant, as every option is read.
 *
 * @param path - where it stands, for messages.
 * @throws TypeError naming the member that is unknown, missing or of the wrong type.
 */
export function readWantedPermission(path: string, wanted: unknown): GrantsPermission {
  const group = new OptionGroup(path, wanted, ['resourceId', 'resourceScopes'])
  const resourceId = group.string('resourceId')
  if (resourceId === undefined) throw group.error('resourceId', 'is required')
  const resourceScopes = group.strings('resourceScopes') ?? []
  return (permissions, now) =>
    permissions.some(
      ({ resource_id: id, resource_scopes: scopes, exp, nbf }) =>
        id === resourceId &&
        // Text has parts too: only a list holds whole scopes.
        Array.isArray(scopes) &&
        resourceScopes.every((scope) => scopes.includes(scope)) &&
        (exp === undefined || (typeof exp === 'number' && now < exp)) &&
        (nbf === undefined || (typeof nbf === 'number' && now >= nbf)),
    )
}
