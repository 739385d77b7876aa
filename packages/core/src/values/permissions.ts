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
