/** The token of the cases, what its guard expects, and the valid members of its answer. */

export const audience = 'https://orders.example.com'
export const realm = 'orders'
export const scope = 'orders:read'
export const now = 1_764_000_000
export const token = 'mF_9.B5f-4.1JqM'
/** Valid members for every case, unless the case changes them. */
export const good = { active: true, sub: 'alice', aud: audience, scope, exp: now + 60, iss: 'https://as.example.com' }
