/** RFC 6749 §2.3.1: secrets are compared in constant time. */
import * as crypto from '#crypto'
import { expect, test, vi } from 'vitest'
import { equalDigests } from '../../src/client-authentication/equal-digests.ts'
import { basic, createEndpoint, post, send } from '../endpoint.ts'

vi.mock('#crypto', { spy: true })
vi.mock('../../src/client-authentication/equal-digests.ts', { spy: true })

test('SEC-24 compares digests in constant time, with equal work for a wrong secret and an unknown caller', async () => {
  const { handler } = await createEndpoint({
    clientAuthentication: { protectedResources: [{ id: 'known', clientSecrets: ['s3cr3t'] }] },
  })
  const work: [digests: number, comparisons: number][] = []
  for (const id of ['known', 'unknown', 'known', 'unknown']) {
    vi.mocked(crypto.sha256).mockClear()
    vi.mocked(equalDigests).mockClear()
    expect((await send(handler, post('token=x', { authorization: basic(id, 'wrong') }))).status).toBe(401)
    work.push([vi.mocked(crypto.sha256).mock.calls.length, vi.mocked(equalDigests).mock.calls.length])
  }
  // Three digests: of the raw credentials, of the decoded ones, and of the secret. The first round also fills a memory.
  expect(work[2]).toEqual([3, 1])
  expect(work[3]).toEqual([3, 1])
})
