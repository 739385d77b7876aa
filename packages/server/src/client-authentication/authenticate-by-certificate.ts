/** The two certificate methods of RFC 8705 §2: which caller registered the certificate of this connection? */
import type { ClientAuthenticationMethod } from './client-authentication-method.ts'
import { ClientAuthenticationMissingError } from '../errors.ts'
import type { Warn } from '../events/warning.ts'
import type { HttpRequest, PeerCertificate } from '../http/http-message.ts'
import type { JwksLoader } from '../keys/jwks-loader.ts'
import type { ClientCertificateResolver } from './client-certificate.ts'
import { refuseCredentials } from './complaint.ts'
import { explainCertificate } from './explain-certificate.ts'
import { type FindStep, findRegistered } from './find-registered.ts'
import { loadKeys } from './load-keys.ts'
import { mayUse, type Registered } from './registered.ts'
import { holdsCertificate } from './self-signed-tls-client-auth.ts'
import { matchesTlsClientAuth } from './tls-client-auth.ts'

/** The resolved options of the certificate methods. */
export interface CertificateStep<Caller extends Registered> extends FindStep<Caller> {
  readonly methods: ReadonlySet<ClientAuthenticationMethod>
  readonly clientCertificate: ClientCertificateResolver | undefined
  readonly jwksLoader: JwksLoader
  readonly warn: Warn
}

/** Returns the caller that `client_id` names, if the certificate is its own (RFC 8705 §2). */
export async function authenticateByCertificate<Caller extends Registered>(
  request: HttpRequest,
  clientId: string,
  step: CertificateStep<Caller>,
): Promise<Caller> {
  const certificate = step.clientCertificate?.(request, step.warn)
  if (certificate === undefined) {
    throw new ClientAuthenticationMissingError(
      'client certificate: got a client_id alone, expected a certificate or a secret beside it. Make the caller connect with its certificate, and check that clientAuthentication.clientCertificate finds it. A proxy that ends TLS has to send the certificate in a header field, which certificateFromHeader reads',
    )
  }
  const caller = await findRegistered(clientId, step)
  if (caller && (isSubject(caller, certificate, step) || (await isSelfSigned(caller, certificate, step)))) {
    return caller
  }
  throw refuseCredentials('client certificate', explainCertificate(caller, certificate, step.methods))
}

function isSubject<Caller extends Registered>(
  caller: Caller,
  certificate: PeerCertificate,
  step: CertificateStep<Caller>,
): boolean {
  if (!step.methods.has('tls_client_auth') || !mayUse(caller, 'tls_client_auth')) return false
  return matchesTlsClientAuth(caller.tlsClientAuth, certificate)
}

async function isSelfSigned<Caller extends Registered>(
  caller: Caller,
  certificate: PeerCertificate,
  step: CertificateStep<Caller>,
): Promise<boolean> {
  if (!step.methods.has('self_signed_tls_client_auth') || !mayUse(caller, 'self_signed_tls_client_auth')) return false
  if (caller.jwks === undefined && caller.jwksUri === undefined) return false
  if (holdsCertificate(await loadKeys(caller, step.jwksLoader), certificate.der)) return true
  if (caller.jwks !== undefined) return false
  return holdsCertificate(await loadKeys(caller, step.jwksLoader, true), certificate.der)
}
