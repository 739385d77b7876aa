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

/** The rights that one permission has to grant. */
export interface WantedPermission {
  readonly resourceId: string
  /**
   * Scopes that one and the same permission has to hold. Default none: then any permission for the resource is enough.
   */
  readonly resourceScopes?: readonly string[] | undefined
}

/**
 * Whether one permission grants all wanted rights now. Strings are compared exactly, and permissions are never added
 * up. Check `exp` and `nbf` of the token itself before: permissions end with their token (UMA 2.0 Federated
 * Authorization §5.1.1).
 *
 * @param now - in seconds since the epoch.
 * @throws TypeError that names a member of `wanted` that is unknown or of the wrong type. A member that is not compared
 * would count as granted.
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

/** Whether permissions grant the wanted rights. `now` is in seconds since the epoch. */
export type GrantsPermission = (permissions: Permissions, now: number) => boolean

/**
 * Reads the wanted rights of a permission and returns the check.
 *
 * @param path - the path of the option, for messages.
 * @throws TypeError that names the member that is unknown, missing or of the wrong type.
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
        // Only an array counts: `includes` on a string would also match parts of it.
        Array.isArray(scopes) &&
        resourceScopes.every((scope) => scopes.includes(scope)) &&
        (exp === undefined || (typeof exp === 'number' && now < exp)) &&
        (nbf === undefined || (typeof nbf === 'number' && now >= nbf)),
    )
}
