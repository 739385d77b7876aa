/** Values that the options of more than one package take. */
import { now } from './seams.ts'

export const issuer = 'https://as.example.com'
export const audience = 'https://api.example.com'
export const replayOptions = { maxKeys: 5, maxKeysPerOwner: 5, now, elapsedMs: now }
export const detail = {
  type: 'payment',
  identifier: 'a',
  locations: ['a'],
  actions: ['a'],
  datatypes: ['a'],
  privileges: ['a'],
}
export const permission = { resourceId: 'a', resourceScopes: ['view'] }
export const kind = { member: 'token_use', oneOf: ['AT'] }
export const loggerOptions = { shape: 'console', level: 'info' }
