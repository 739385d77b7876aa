/** Reads the option `methods`: how callers may authenticate. */
import type { OptionGroup } from '@token-introspection/core/options'
import { CAN_READ_CERTIFICATES } from '#x509'
import { clientAuthenticationDefaults } from './client-authentication-options.ts'
import { CLIENT_AUTHENTICATION_METHODS, type ClientAuthenticationMethod } from './client-authentication-method.ts'

/** Resolves the methods, and checks that each has the options it needs. */
export function resolveMethods(
  group: OptionGroup,
  issuer: string | undefined,
): ReadonlySet<ClientAuthenticationMethod> {
  const usual = clientAuthenticationDefaults.methods.filter(
    (method) => method !== 'private_key_jwt' || issuer !== undefined,
  )
  const names = group.strings('methods') ?? usual
  const unknown = names.find((method) => !(CLIENT_AUTHENTICATION_METHODS as readonly string[]).includes(method))
  if ((names.length === 0 && !group.has('custom')) || unknown !== undefined) {
    throw group.error('methods', `must hold some of ${CLIENT_AUTHENTICATION_METHODS.join(', ')}`)
  }
  const methods = new Set(names as ClientAuthenticationMethod[])
  for (const method of methods) {
    const missing = missingFor(method, group, issuer)
    if (missing !== undefined) throw group.error('methods', `${method} needs ${missing}`)
  }
  return methods
}

function missingFor(
  method: ClientAuthenticationMethod,
  group: OptionGroup,
  issuer: string | undefined,
): string | undefined {
  switch (method) {
    case 'client_secret_jwt':
      if (group.has('verifySecret')) return 'secrets in clear, and with verifySecret there are only hashes'
      return issuer === undefined ? 'the option issuer' : undefined
    case 'private_key_jwt':
      return issuer === undefined ? 'the option issuer' : undefined
    case 'tls_client_auth':
      if (!CAN_READ_CERTIFICATES) return 'node:crypto, which this runtime does not have'
      return group.has('clientCertificate') ? undefined : group.path('clientCertificate')
    case 'self_signed_tls_client_auth':
      return group.has('clientCertificate') ? undefined : group.path('clientCertificate')
    case 'attest_jwt_client_auth':
      if (issuer === undefined) return 'the option issuer'
      return group.has('attestation') ? undefined : group.path('attestation')
    case 'Bearer':
    case 'DPoP':
      return group.has('accessToken') ? undefined : group.path('accessToken')
    default:
      return undefined
  }
}
