/** Bars on signed answers. */
import type { Bar } from './bar.ts'

const signed = { side: 'signed', metric: 'cpuMicrosPerCall' } as const

export const signedBars: readonly Bar[] = [
  {
    ...signed,
    says: 'an answer signed with ES256 costs little more than an unsigned one and a signature of jose',
    variant: 'signed ES256',
    by: 'JSON + jose ES256',
    atMost: 1.08,
  },
  { ...signed, says: 'and so does RS256', variant: 'signed RS256', by: 'JSON + jose RS256', atMost: 1.12 },
  {
    ...signed,
    says: 'oidc-provider costs more than twice as much to sign with ES256',
    variant: 'oidc-provider, ES256',
    by: 'signed ES256',
    atLeast: 2.1,
  },
]
