/** The options of the client, in messages for a person who typed flags. */

/** Each option as messages of the client write it, and the flag that sets it. The longer ones stand first. */
const FLAGS: readonly (readonly [option: string, flag: string])[] = [
  ['transport.tls.cert and transport.tls.key', '--certificate-file and --certificate-key-file'],
  ['transport.tls.cert', '--certificate-file'],
  ['transport.tls.key', '--certificate-key-file'],
  ['transport.tls.ca', '--ca-file'],
  ['transport.deadlineMs', '--timeout'],
  ['the endpoint option', '--endpoint'],
  ['the option audience', '--audience'],
  ['guard.audience', '--audience'],
  ['guard.scope', '--scope'],
  ['guard.issuer', '--token-issuer'],
  ['guard.acrValues', '--acr'],
  ['guard.maxAuthenticationAgeSeconds', '--max-age'],
]

/** Options that a message begins with, followed by a colon. */
const FIRST: readonly (readonly [option: string, flag: string])[] = [
  ['issuer', '--issuer'],
  ['endpoint', '--endpoint'],
  ['clientId', '--client-id'],
  ['clientSecret', '--client-secret-file'],
  ['privateKey', '--private-key-file'],
]

/** A message of the client in the words of the command line. */
export function withFlags(message: string): string {
  const named = FLAGS.reduce((text, [option, flag]) => text.replaceAll(option, flag), message)
  const first = FIRST.find(([option]) => named.startsWith(`${option}: `))
  const told = first === undefined ? named : `${first[1]}${named.slice(first[0].length)}`
  return told.includes('allowHttpOrigins') ? `${told}. On the command line: --dangerously-allow-http` : told
}
