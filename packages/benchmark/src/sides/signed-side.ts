/** The server side with signed answers: the cost of a signature, in our handler and in others. */
import type { SidePlan } from './variant.ts'

/** The variants. The base is the same endpoint without a signature. */
export const signedSide: SidePlan = {
  base: { name: 'toNodeHandler, JSON', program: 'variants/server/node-handler.ts', everyNth: 1 },
  candidates: [
    { name: 'JSON + jose ES256', program: 'variants/server/jose-es256.ts', everyNth: 1 },
    { name: 'signed ES256', program: 'variants/server/signed-es256.ts', everyNth: 1 },
    { name: 'JSON + jose RS256', program: 'variants/server/jose-rs256.ts', everyNth: 1 },
    { name: 'signed RS256', program: 'variants/server/signed-rs256.ts', everyNth: 1 },
    { name: 'oidc-provider, ES256', program: 'variants/server/oidc-provider-es256.ts', everyNth: 2 },
  ],
}
