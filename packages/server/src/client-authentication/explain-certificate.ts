/** Explains to the operator why a certificate was refused. It decides nothing. */
import { type Complaint, quote } from '@token-introspection/core'
import { readCertificateSubject } from '#x509'
import type { PeerCertificate } from '../http/http-message.ts'
import type { ClientAuthenticationMethod } from './client-authentication-method.ts'
import { mayUse, type Registered } from './registered.ts'

/**
 * The first rule that the certificate breaks.
 *
 * @param known - the registration of the `client_id` in the request.
 * @param methods - the methods of the endpoint.
 */
export function explainCertificate(
  known: Registered | undefined | null,
  certificate: PeerCertificate,
  methods: ReadonlySet<ClientAuthenticationMethod>,
): Complaint {
  if (!known) {
    return {
      rule: 'client_id',
      got: 'an identifier that is not registered',
      expected: 'the identifier of a registered caller',
      remedy: 'Register the caller, or correct its identifier',
    }
  }
  const id = quote(known.id)
  const may = (method: 'tls_client_auth' | 'self_signed_tls_client_auth') =>
    methods.has(method) && mayUse(known, method)
  if (may('tls_client_auth') && known.tlsClientAuth !== undefined) return explainSubject(known, id, certificate)
  if (may('self_signed_tls_client_auth') && (known.jwks ?? known.jwksUri) !== undefined) {
    return {
      rule: 'x5c',
      got: 'another certificate',
      expected: `the first element of x5c of a key of ${id} ${known.jwksUri === undefined ? 'in its jwks' : `at ${quote(known.jwksUri)}`}`,
      remedy: 'Register the certificate of the caller, again after each renewal',
    }
  }
  return {
    rule: 'registration',
    got: `a certificate, but ${id} registered nothing to compare it with`,
    expected: 'tlsClientAuth, or keys with x5c, and the method in methods',
    remedy: 'Register it at this endpoint, or use another method at the caller',
  }
}

function explainSubject({ tlsClientAuth }: Registered, id: string, certificate: PeerCertificate): Complaint {
  if (!certificate.chainValidated) {
    return {
      rule: 'chain',
      got: `a certificate for ${id} whose chain was not validated`,
      expected: 'a certificate that one of your authorities issued',
      remedy:
        'Give the TLS server the authority of your callers (ca), or set chainValidated if a proxy validates every chain',
    }
  }
  const subject = readCertificateSubject(certificate.der)
  const { distinguishedName, dnsNames, uris } = subject ?? {}
  return {
    rule: 'tlsClientAuth',
    got: subject === undefined ? 'a certificate that cannot be read' : quote({ distinguishedName, dnsNames, uris }),
    expected: `${quote(tlsClientAuth)} of ${id}`,
    remedy: 'Correct the registration, or give the caller a certificate with this subject (RFC 8705 §2.1.2)',
  }
}
