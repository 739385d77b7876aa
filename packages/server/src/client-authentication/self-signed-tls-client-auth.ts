/** `self_signed_tls_client_auth` (RFC 8705 §2.2): a certificate that is registered itself; its chain says nothing. */
import type { JSONWebKeySet } from 'jose'

/** Whether a certificate is, octet by octet, the first of a registered key's `x5c`. A key without one matches nothing. */
export function holdsCertificate(jwks: JSONWebKeySet, der: Uint8Array): boolean {
  return jwks.keys.some((key) => {
    const [certificate] = Array.isArray(key.x5c) ? (key.x5c as unknown[]) : []
    return typeof certificate === 'string' && equalsBase64(certificate, der)
  })
}

function equalsBase64(certificate: string, der: Uint8Array): boolean {
  let octets: string
  try {
    octets = atob(certificate)
  } catch {
    return false
  }
  if (octets.length !== der.length) return false
  return der.every((octet, index) => octets.charCodeAt(index) === octet)
}
