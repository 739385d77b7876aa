/** `self_signed_tls_client_auth` (RFC 8705 §2.2): the certificate itself is registered. Its chain does not matter. */
import type { JSONWebKeySet } from 'jose'

/** Whether a certificate equals the first element of a registered key's `x5c`. A key without `x5c` never matches. */
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
