/** Complaints about names and words that are not known, with the known one that is nearest. */
import { nearestWord } from './nearest-word.ts'

/** The complaint about an unknown option. It names the options that are known in its place. */
export function sayUnknown(name: string, known: readonly string[]): string {
  return `unknown option${suggest(name, known)}; known here: ${known.join(', ')}`
}

/** Names that other libraries have for an option, or that people expect, and the option of these packages. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  timeout: ['deadlineMs', 'timeoutMs', 'findTimeoutMs'],
  timeoutms: ['deadlineMs'],
  requesttimeout: ['deadlineMs'],
  ttl: ['maxAgeSeconds', 'cache'],
  ttlseconds: ['maxAgeSeconds'],
  cachettl: ['cache'],
  url: ['endpoint'],
  introspectionurl: ['endpoint'],
  introspectionendpoint: ['endpoint'],
  introspection_endpoint: ['endpoint'],
  introspectionuri: ['endpoint'],
  authority: ['issuer'],
  domain: ['issuer'],
  issuerurl: ['issuer'],
  issuerbaseurl: ['issuer'],
  clientid: ['clientAuthentication', 'id'],
  client_id: ['clientAuthentication', 'id'],
  clientsecret: ['clientAuthentication'],
  client_secret: ['clientAuthentication', 'clientSecrets'],
  credentials: ['clientAuthentication'],
  aud: ['audience', 'audiences'],
  clockskew: ['leewaySeconds'],
  clocktolerance: ['leewaySeconds'],
  leeway: ['leewaySeconds'],
  jwksuri: ['jwt'],
  requiredscopes: ['scope'],
  logger: ['onEvent'],
  agent: ['dispatcher'],
  ca: ['tls'],
  rejectunauthorized: ['tls'],
  retries: ['retry'],
  clients: ['protectedResources'],
  protectedresources: ['clients'],
  connectionstring: ['pool'],
  deadlinems: ['transport'],
  allowhttponloopback: ['transport'],
  proxy: ['transport'],
  tls: ['transport'],
  fetch: ['transport'],
  maxageseconds: ['cache'],
  leewayseconds: ['response'],
  tolerate: ['response'],
  resources: ['protectedResources'],
}

/** A question such as ` (did you mean cache?)`, to append to a complaint. Empty when no known word is near. */
export function suggest(word: string, known: readonly string[]): string {
  const nearest = otherName(word, known) ?? nearestWord(word, known)
  return nearest === undefined ? '' : ` (did you mean ${nearest}?)`
}

function otherName(word: string, known: readonly string[]): string | undefined {
  const name = word.toLowerCase()
  return Object.hasOwn(OTHER_NAMES, name) ? OTHER_NAMES[name]?.find((option) => known.includes(option)) : undefined
}
