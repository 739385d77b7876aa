/** A refusal with every header. */
import { Refusal } from '@token-introspection/client'

export const fullRefusal = new Refusal({
  reason: 'nonce',
  status: 401,
  headers: {
    'www-authenticate': 'DPoP realm="orders", error="use_dpop_nonce"',
    'cache-control': 'no-store',
    'access-control-expose-headers': 'WWW-Authenticate, DPoP-Nonce',
    'dpop-nonce': 'n-0S6_WzA2Mj',
    'content-type': 'application/json',
  },
  body: '{"error":"use_dpop_nonce"}',
})
