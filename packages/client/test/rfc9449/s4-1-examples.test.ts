/** The example proofs, token and thumbprint of RFC 9449. */
import { describe, expect, test } from 'vitest'
import { createApi, digestOf, outcomeOf, TOKEN } from '../dpop-api.ts'

/** §6.1, the thumbprint of the key in all examples. */
const JKT = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I'
/** The header of both proofs. */
const HEADER =
  'eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0Rs' +
  'cEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19'
/** §4.1, figure 2: a proof for the token endpoint, so without `ath`. */
const TOKEN_ENDPOINT_PROOF = `${HEADER}.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg`
/** §7.1, figure 13. */
const RESOURCE_PROOF = `${HEADER}.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA`

function setUp(origin = 'https://resource.example.org') {
  const api = createApi({ members: { cnf: { jkt: JKT } }, dpop: { origin } })
  api.clock.seconds = 1_562_262_618
  return api
}

describe('the examples of RFC 9449', () => {
  test('§7.1 the proof lets the request of the example pass', async () => {
    expect(outcomeOf(await setUp().ask(RESOURCE_PROOF, { url: '/protectedresource' }))).toBe('allowed')
  })

  test('§4.2 the digest of the token equals the ath of the proof (DPOP-12)', () => {
    expect(digestOf(TOKEN)).toBe('fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo')
  })

  test('§7.1 the proof is refused for other requests, and after its time', async () => {
    const api = setUp()
    expect(outcomeOf(await api.ask(RESOURCE_PROOF, { url: '/protectedresource', method: 'POST' }))).toBe('proof')
    expect(outcomeOf(await api.ask(RESOURCE_PROOF, { url: '/another' }))).toBe('proof')
    api.clock.seconds += 61
    expect(outcomeOf(await api.ask(RESOURCE_PROOF, { url: '/protectedresource' }))).toBe('proof')
  })

  test('§4.1 the proof for a token endpoint has no ath and is refused (DPOP-03)', async () => {
    const api = setUp('https://server.example.com')
    expect(outcomeOf(await api.ask(TOKEN_ENDPOINT_PROOF, { url: '/token', method: 'POST' }))).toBe('proof')
  })
})
