/** `tls_client_auth` (RFC 8705 §2.1): a certificate with a validated chain and a registered subject. */
import { OptionGroup } from '@token-introspection/core/options'
import { type CertificateSubject, readCertificateSubject } from '#x509'
import type { PeerCertificate } from '../http/http-message.ts'
import { normalizeDistinguishedName, normalizeSubject } from './distinguished-name.ts'

/**
 * The subject of a caller's certificate. Give exactly one of the five members (RFC 8705 §2.1.2). The common name is never
 * compared with a `san…` member.
 */
export interface TlsClientAuth {
  /**
   * The distinguished name as in RFC 4514, most specific part first: `CN=orders,O=Example,C=NL`. Case and repeated white space
   * do not count.
   */
  readonly subjectDn?: string | undefined
  /** A `dNSName`. A wildcard in a certificate matches only the same text. */
  readonly sanDns?: string | undefined
  /** A `uniformResourceIdentifier`, compared character by character. */
  readonly sanUri?: string | undefined
  /** An `iPAddress`, compared in binary: `::1` equals `0:0:0:0:0:0:0:1`. */
  readonly sanIp?: string | undefined
  /** An `rfc822Name`. The case of the local part counts, the case of the domain does not. */
  readonly sanEmail?: string | undefined
}

const MEMBERS = ['subjectDn', 'sanDns', 'sanUri', 'sanIp', 'sanEmail'] as const

/** Whether a certificate matches the registration of a caller. */
export function matchesTlsClientAuth(registered: TlsClientAuth | undefined, certificate: PeerCertificate): boolean {
  if (registered === undefined || !isValidated(certificate) || !hasOneMember(registered)) return false
  const subject = readCertificateSubject(certificate.der)
  return subject !== undefined && matchesSubject(registered, subject)
}

/** A resolver in plain JavaScript may return any value. Only `true` means validated, and not a text such as `FAILED`. */
function isValidated({ chainValidated }: { readonly chainValidated: unknown }): boolean {
  return chainValidated === true
}

/** Checks and copies the registration of a list entry. */
export function resolveTlsClientAuth(options: unknown, path: string): TlsClientAuth | undefined {
  if (options === undefined) return undefined
  const group = new OptionGroup(path, options, MEMBERS)
  const given = MEMBERS.filter((member) => group.string(member) !== undefined)
  const [member] = given
  if (given.length !== 1 || member === undefined) {
    throw new TypeError(`${path}: give exactly one of ${MEMBERS.join(', ')} (RFC 8705 §2.1.2)`)
  }
  const value = group.string(member) as string
  if (member === 'subjectDn' && normalizeDistinguishedName(value) === undefined) {
    throw group.error(member, 'must be a distinguished name, such as CN=orders,O=Example (RFC 4514)')
  }
  if (member === 'sanIp' && !isIpAddress(value)) {
    throw group.error(member, 'must be an IPv4 or IPv6 address')
  }
  return Object.freeze({ [member]: value })
}

function isIpAddress(value: string): boolean {
  return /^\d{1,3}(?:\.\d{1,3}){3}$/.test(value) || (value.includes(':') && /^[0-9a-fA-F:.]+$/.test(value))
}

/** A registry function may return two members. This library must not choose between them. */
function hasOneMember(registered: TlsClientAuth): boolean {
  return MEMBERS.filter((member) => registered[member] !== undefined).length === 1
}

function matchesSubject(registered: TlsClientAuth, subject: CertificateSubject): boolean {
  const { subjectDn, sanDns, sanUri, sanIp, sanEmail } = registered
  if (subjectDn !== undefined) {
    const name = normalizeDistinguishedName(subjectDn)
    return name !== undefined && name === normalizeSubject(subject.distinguishedName)
  }
  if (sanDns !== undefined) {
    return subject.dnsNames.some((name) => name.toLowerCase() === sanDns.toLowerCase())
  }
  if (sanUri !== undefined) return subject.uris.includes(sanUri)
  if (sanIp !== undefined) return subject.hasIp(sanIp)
  return sanEmail !== undefined && subject.hasEmail(sanEmail)
}
