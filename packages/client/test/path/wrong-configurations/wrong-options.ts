/** Options with a name that does not exist, or with a value of the wrong type. */
import { any, tell, type WrongConfiguration } from './wrong-configuration.ts'

export const WRONG_OPTIONS: readonly WrongConfiguration[] = [
  ['misspelt option', tell(() => ({ polcy: {} })), ['polcy: unknown option', 'did you mean policy?']],
  [
    'misspelt option in a group',
    tell(() => ({ cache: { maxAge: 30 } })),
    ['cache.maxAge: unknown option', 'did you mean maxAgeSeconds?'],
  ],
  [
    'option in the wrong place',
    tell(() => ({ maxAgeSeconds: 30 })),
    ['maxAgeSeconds: unknown option', 'did you mean cache?'],
  ],
  [
    'transport.timeout',
    tell(() => ({ transport: { timeout: 1000 } })),
    ['transport.timeout: unknown option', 'did you mean deadlineMs?'],
  ],
  [
    'text for a number',
    tell(() => ({ cache: { maxAgeSeconds: '30' } })),
    ['cache.maxAgeSeconds: ', 'must be a number from 0 to 86400', 'not a string'],
  ],
  ['true for a group', tell(() => ({ cache: true })), ['cache: ', 'not true', '{} takes the defaults']],
  [
    'scopes for scope',
    tell(() => ({}), any({ scopes: 'orders:read' })),
    ['guard.scopes: unknown option', 'did you mean scope?'],
  ],
]
