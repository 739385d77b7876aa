/** Says which host names in URLs lie outside private networks (RFC 6890, RFC 8725bis §3.10). */

/** First address and prefix length of the IPv4 ranges that are not for hosts on the Internet (RFC 6890). */
const IPV4_NOT_PUBLIC: readonly (readonly [address: number, prefix: number])[] = [
  [0x00_00_00_00, 8],
  [0x0a_00_00_00, 8],
  // Shared by the customers of a provider. Some clouds have their metadata service here.
  [0x64_40_00_00, 10],
  [0x7f_00_00_00, 8],
  // Link-local. Most clouds have their metadata service here.
  [0xa9_fe_00_00, 16],
  [0xac_10_00_00, 12],
  [0xc0_00_00_00, 24],
  [0xc0_a8_00_00, 16],
  [0xc6_12_00_00, 15],
  // Multicast, reserved, broadcast.
  [0xe0_00_00_00, 3],
]

/** Top-level names that the public DNS does not have (RFC 6761, RFC 6762, RFC 8375; ICANN reserves `internal`). */
const INSIDE_NAME = /(?:^|\.)(?:localhost|local|internal|home\.arpa)$/

/**
 * Whether a host is on the Internet, by its name alone and without a DNS lookup. Literal addresses that are private,
 * loopback, link-local or reserved are not, in any spelling. Names that only a private network resolves are not either.
 *
 * Security: a public name may still resolve to a private address.
 *
 * @param hostname - `hostname` of a `URL`, which turns every spelling of an address into one.
 * @example
 * ```ts
 * import { isPublicHost } from '@token-introspection/core'
 *
 * isPublicHost(new URL('https://as.example.com/').hostname) // true
 * isPublicHost(new URL('https://0xa9fea9fe/').hostname) // false: it is 169.254.169.254
 * ```
 */
export function isPublicHost(hostname: string): boolean {
  if (hostname.startsWith('[')) return isPublicIpv6(toGroups(hostname.slice(1, -1)))
  const name = hostname.toLowerCase().replace(/\.$/, '')
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) return isPublicIpv4(toIpv4(name))
  // A resolver completes a name without a dot with its own domain.
  return /^[^.]+(?:\.[^.]+)+$/.test(name) && !INSIDE_NAME.test(name)
}

function isPublicIpv4(address: number): boolean {
  return !IPV4_NOT_PUBLIC.some(([first, prefix]) => address >>> (32 - prefix) === first >>> (32 - prefix))
}

/** One eighth of IPv6 is for hosts on the Internet. Some other ranges embed an IPv4 address. */
function isPublicIpv6(groups: readonly number[]): boolean {
  const [first = 0, second = 0, third = 0] = groups
  const ipv4 = (groups[6] ?? 0) * 0x1_00_00 + (groups[7] ?? 0)
  if (hasPrefix(groups, [0, 0, 0, 0, 0, 0xff_ff])) return isPublicIpv4(ipv4)
  if (hasPrefix(groups, [0x64, 0xff_9b, 0, 0, 0, 0])) return isPublicIpv4(ipv4)
  // 6to4.
  if (first === 0x20_02) return isPublicIpv4(second * 0x1_00_00 + third)
  // Reserved for protocols. One of them is Teredo, which hides an IPv4 address.
  if (first === 0x20_01 && second < 0x2_00) return false
  return first >>> 13 === 1
}

function hasPrefix(groups: readonly number[], prefix: readonly number[]): boolean {
  return prefix.every((group, index) => groups[index] === group)
}

function toIpv4(address: string): number {
  return address.split('.').reduce((value, octet) => value * 256 + Number(octet), 0)
}

/** The eight groups of an address as `URL` writes it: hexadecimal, without dots, with at most one `::`. */
function toGroups(address: string): number[] {
  const [head = '', tail] = address.split('::')
  const first = head === '' ? [] : head.split(':')
  const last = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => '0')
  return [...first, ...zeros, ...last].map((group) => Number.parseInt(group, 16))
}
