import { BlockList, isIP } from 'node:net'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isPublicHost } from './public-host.ts'

const hostOf = (host: string): string => new URL(`https://${host}/`).hostname

describe('isPublicHost', () => {
  test.each([
    'as.example.com',
    'AS.EXAMPLE.COM',
    'as.example.com.',
    'localhost.example.com',
    'internal.example.com',
    'notinternal.example',
    '10.example.com',
    '8.8.8.8',
    '1.1.1.1',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.0',
    '169.253.255.255',
    '169.255.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '192.169.0.0',
    '223.255.255.255',
    '[2606:4700:4700::1111]',
    '[2a00:1450:4001:82a::200e]',
    '[2001:4860:4860::8888]',
    '[3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]',
    '[::ffff:8.8.8.8]',
    '[64:ff9b::8.8.8.8]',
    '[2002:808:808::1]',
  ])('is true for %s', (host) => {
    expect(isPublicHost(hostOf(host))).toBe(true)
  })

  test.each([
    'localhost',
    'LOCALHOST',
    'localhost.',
    'as.localhost',
    'printer.local',
    'metadata.google.internal',
    'metadata.google.internal.',
    'router.home.arpa',
    'keycloak',
    'kubernetes',
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.0',
    '10.255.255.255',
    '100.64.0.0',
    '100.100.100.200',
    '100.127.255.255',
    '127.0.0.1',
    '127.255.255.255',
    '169.254.0.0',
    '169.254.169.254',
    '169.254.170.2',
    '169.254.255.255',
    '172.16.0.0',
    '172.31.255.255',
    '192.0.0.192',
    '192.168.0.0',
    '192.168.255.255',
    '198.18.0.1',
    '198.19.255.255',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '[::]',
    '[::1]',
    '[fc00::]',
    '[fd00:ec2::254]',
    '[fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]',
    '[fe80::1]',
    '[febf:ffff::1]',
    '[fec0::1]',
    '[ff02::1]',
    '[2001::1]',
    '[4000::1]',
    '[1fff::1]',
  ])('is false for %s', (host) => {
    expect(isPublicHost(hostOf(host))).toBe(false)
  })

  test.each([
    ['a decimal number', '2852039166'],
    ['a hexadecimal number', '0xa9fea9fe'],
    ['an octal number', '025177524776'],
    ['hexadecimal parts', '0xa9.0xfe.0xa9.0xfe'],
    ['octal parts', '0251.0376.0251.0376'],
    ['mixed parts', '0xa9.254.0251.254'],
    ['two parts', '169.16689662'],
    ['three parts', '169.254.43518'],
    ['a dot at the end', '169.254.169.254.'],
    ['escapes', '%31%36%39.254.169.254'],
    ['full-width digits', '１６９.２５４.１６９.２５４'],
    ['circled digits', '①⑥⑨.②⑤④.①⑥⑨.②⑤④'],
    ['ideographic full stops', '169。254。169。254'],
    ['a soft hyphen', '169.254\u{ad}.169.254'],
    ['a mapped address', '[::ffff:169.254.169.254]'],
    ['a mapped address in hexadecimal', '[::ffff:a9fe:a9fe]'],
    ['a mapped address at full length', '[0000:0000:0000:0000:0000:FFFF:A9FE:A9FE]'],
    ['a compatible address', '[::169.254.169.254]'],
    ['a translated address', '[::ffff:0:169.254.169.254]'],
    ['NAT64', '[64:ff9b::169.254.169.254]'],
    ['local NAT64', '[64:ff9b:1::169.254.169.254]'],
    ['6to4', '[2002:a9fe:a9fe::1]'],
  ])('recognizes 169.254.169.254 written as %s', (_, host) => {
    expect(isPublicHost(hostOf(host))).toBe(false)
  })

  const octets = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255))

  test("agrees with the IPv4 ranges of Node's BlockList, for every spelling of an address", () => {
    const inside = new BlockList()
    for (const [network, prefix] of [
      ['0.0.0.0', 8],
      ['10.0.0.0', 8],
      ['100.64.0.0', 10],
      ['127.0.0.0', 8],
      ['169.254.0.0', 16],
      ['172.16.0.0', 12],
      ['192.0.0.0', 24],
      ['192.168.0.0', 16],
      ['198.18.0.0', 15],
      ['224.0.0.0', 3],
    ] as const) {
      inside.addSubnet(network, prefix)
    }
    // Addresses near the edges of the ranges, because a random address is seldom inside one.
    const near = fc
      .tuple(fc.constantFrom(0, 10, 100, 127, 169, 172, 192, 198, 224, 255), fc.nat(255), fc.nat(255), fc.nat(255))
      .chain((address) => fc.constantFrom(address, [192, 168, address[2], address[3]], [169, 254, address[2], 254]))
    fc.assert(
      fc.property(fc.oneof(octets, near), (address) => {
        const [a = 0, b = 0, c = 0, d = 0] = address as number[]
        const dotted = `${a}.${b}.${c}.${d}`
        const number = ((a * 256 + b) * 256 + c) * 256 + d
        const expected = !inside.check(dotted)
        for (const host of [
          dotted,
          String(number),
          `0x${number.toString(16)}`,
          `0${number.toString(8)}`,
          `${a}.${(b * 256 + c) * 256 + d}`,
          `[::ffff:${dotted}]`,
          `[64:ff9b::${dotted}]`,
        ]) {
          expect(isPublicHost(hostOf(host)), host).toBe(expected)
        }
        expect(isPublicHost(hostOf(`[::${dotted}]`))).toBe(false)
      }),
    )
  })

  test("agrees with the IPv6 ranges of Node's BlockList", () => {
    const global = new BlockList()
    global.addSubnet('2000::', 3, 'ipv6')
    const apart = new BlockList()
    apart.addSubnet('2001::', 23, 'ipv6')
    apart.addSubnet('2002::', 16, 'ipv6')
    const group = fc.oneof(fc.constant(0), fc.nat(0xff_ff))
    const first = fc.oneof(group, fc.constantFrom(0x20_00, 0x20_01, 0x26_00, 0x3f_ff, 0xfc_00, 0xfd_00, 0xfe_80))
    fc.assert(
      fc.property(fc.tuple(first, group, group, group, group, group, group, group), (groups) => {
        const address = groups.map((value) => value.toString(16)).join(':')
        fc.pre(isIP(address) === 6 && groups[0] !== 0x64 && groups.slice(0, 5).some((value) => value !== 0))
        fc.pre(groups[0] !== 0x20_02)
        expect(isPublicHost(hostOf(`[${address}]`)), address).toBe(
          global.check(address, 'ipv6') && !apart.check(address, 'ipv6'),
        )
      }),
    )
  })

  test('returns a boolean for every text', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('[', ']', ':', '.', '0', 'f', 'x') })),
        (text) => {
          expect(typeof isPublicHost(text)).toBe('boolean')
        },
      ),
    )
  })

  test('is false for texts that are not a host', () => {
    for (const text of ['', '.', '..', '[', '[]', '[zz::1]', '[:::]']) expect(isPublicHost(text)).toBe(false)
  })
})
