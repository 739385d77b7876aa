/** The `permissions` member of a requesting party token (UMA 2.0 Federated Authorization §5.1.1). */
import * as z from 'zod/mini'
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
 * @example
 * ```ts
 * import { permissionsInclude } from '@token-introspection/core'
 *
 * const permissions = [{ resource_id: 'photo-1', resource_scopes: ['view'] }]
 * permissionsInclude(permissions, { resourceId: 'photo-1', resourceScopes: ['view'] }, Date.now() / 1000) // true
 * ```
 */
export function permissionsInclude(
  permissions: Permissions,
  { resourceId, resourceScopes = [] }: WantedPermission,
  now: number,
): boolean {
  return permissions.some(
    ({ resource_id: id, resource_scopes: scopes, exp, nbf }) =>
      id === resourceId &&
      resourceScopes.every((scope) => scopes.includes(scope)) &&
      (exp === undefined || now < exp) &&
      (nbf === undefined || now >= nbf),
  )
}
