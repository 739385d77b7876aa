import { expect, test } from 'vitest'
import { withFlags } from './flag-names.ts'

test.each([
  ['issuer: is the URL of metadata', '--issuer: is the URL of metadata'],
  ['endpoint: must be an https URL', '--endpoint: must be an https URL'],
  [
    'If it is your authority, give its certificate as transport.tls.ca',
    'If it is your authority, give its certificate as --ca-file',
  ],
  ['give it as transport.tls.cert and transport.tls.key', 'give it as --certificate-file and --certificate-key-file'],
  ['a limit by transport.deadlineMs: the server is slow', 'a limit by --timeout: the server is slow'],
  ['guard.scope: must name at least one scope', '--scope: must name at least one scope'],
  ['set transport.allowHttpOrigins', 'set transport.allowHttpOrigins. On the command line: --dangerously-allow-http'],
  ['the issuer: is another one', 'the issuer: is another one'],
])('%j is %j', (message, told) => {
  expect(withFlags(message)).toBe(told)
})
