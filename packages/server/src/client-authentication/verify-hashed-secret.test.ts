import { argon2Sync, pbkdf2Sync, randomBytes, scryptSync, timingSafeEqual } from 'node:crypto'
import { compare, hashSync } from 'bcryptjs'
import { describe, expect, test, vi } from 'vitest'
import { createHashedSecretVerifier, type VerifySecret } from './verify-hashed-secret.ts'

function verifier(verifySecret: VerifySecret, decoy?: string) {
  const verify = createHashedSecretVerifier({ verifySecret, decoy, timeoutMs: 1000, now: () => 0 })
  return async (clientSecrets: readonly string[] | undefined, presented: string, key: string, id = 'orders-api') =>
    verify(id, clientSecrets === undefined ? undefined : { clientSecrets }, {
      secret: presented,
      isAccepted: true,
      key,
    })
}

/** A verification that the test ends. */
function held() {
  const release: ((matches: boolean) => void)[] = []
  const verifySecret = vi.fn<VerifySecret>(() => new Promise((resolve) => release.push(resolve)))
  return { release, verifySecret }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}

function scrypt(secret: string, salt: Buffer = randomBytes(16)): string {
  return `${salt.toString('hex')}:${scryptSync(secret, salt, 32, { N: 1024 }).toString('hex')}`
}

function pbkdf2(secret: string, salt: Buffer = randomBytes(16)): string {
  return `${salt.toString('hex')}:${pbkdf2Sync(secret, salt, 1000, 32, 'sha256').toString('hex')}`
}

function argon2(secret: string, salt: Buffer = randomBytes(16)): string {
  const parameters = { message: secret, nonce: salt, parallelism: 1, tagLength: 32, memory: 1024, passes: 2 }
  return `${salt.toString('hex')}:${argon2Sync('argon2id', parameters).toString('hex')}`
}

function recompute(hash: (secret: string, salt: Buffer) => string): VerifySecret {
  return (presented, registered) => {
    const again = hash(presented, Buffer.from(registered.split(':')[0] ?? '', 'hex'))
    return timingSafeEqual(Buffer.from(again), Buffer.from(registered))
  }
}

describe('createHashedSecretVerifier', () => {
  test.each<[string, (secret: string) => string, VerifySecret]>([
    ['bcrypt', (secret) => hashSync(secret, 4), (presented, registered) => compare(presented, registered)],
    ['argon2', (secret) => argon2(secret), recompute(argon2)],
    ['scrypt', (secret) => scrypt(secret), recompute(scrypt)],
    ['PBKDF2', (secret) => pbkdf2(secret), recompute(pbkdf2)],
  ])('finds the hash of a secret, with %s', async (_, hash, verifySecret) => {
    const registered = [hash('old'), hash('new')]
    const verify = verifier(verifySecret)
    expect(await verify(registered, 'old', 'a')).toBe(registered[0])
    expect(await verify(registered, 'new', 'b')).toBe(registered[1])
    expect(await verify(registered, 'other', 'c')).toBeUndefined()
    expect(await verify(registered, registered[0] as string, 'd')).toBeUndefined()
  })

  test.each<[string, readonly string[] | undefined]>([
    ['that is unknown', undefined],
    ['without hashes', []],
    ['with fewer hashes', ['three']],
    ['with as many hashes', ['three', 'four']],
  ])('verifies as often for a caller %s as for the caller with the most hashes (SEC-24)', async (_, registered) => {
    const verifySecret = vi.fn<VerifySecret>(() => false)
    const verify = verifier(verifySecret)
    await verify(['one', 'two'], 'wrong', 'a')
    await verify(['five'], 'wrong', 'b')
    verifySecret.mockClear()
    await verify(registered, 'wrong', 'c')
    expect(verifySecret).toHaveBeenCalledTimes(2)
  })

  test('adds decoys up to four hashes, and tries every hash of a caller', async () => {
    const verifySecret = vi.fn<VerifySecret>(() => false)
    const verify = verifier(verifySecret)
    await verify(['1', '2', '3', '4', '5', '6'], 'wrong', 'a')
    expect(verifySecret).toHaveBeenCalledTimes(6)
    await verify(undefined, 'wrong', 'b')
    expect(verifySecret).toHaveBeenCalledTimes(10)
  })

  test('accepts no secret by the hash of another caller, and takes as long', async () => {
    const verifySecret = vi.fn<VerifySecret>((presented, hash) => hash === `hash of ${presented}`)
    const verify = verifier(verifySecret)
    await verify(['hash of a', 'hash of b'], 'wrong', 'a')
    verifySecret.mockClear()
    expect(await verify(['hash of c'], 'b', 'b')).toBeUndefined()
    expect(await verify(undefined, 'a', 'c')).toBeUndefined()
    expect(verifySecret).toHaveBeenCalledTimes(4)
  })

  test('verifies against the decoy before it has seen a hash (SEC-24)', async () => {
    const verifySecret = vi.fn<VerifySecret>(() => false)
    await verifier(verifySecret, 'decoy')(undefined, 'wrong', 'a')
    expect(verifySecret.mock.calls).toEqual([['wrong', 'decoy']])
  })

  test('accepts no secret that fits the decoy', async () => {
    expect(await verifier(() => true, 'decoy')(undefined, 'secret', 'a')).toBeUndefined()
  })

  test.each([
    ['text', 'yes'],
    ['a number', 1],
    ['an object', {}],
  ])('treats %s as false', async (_, answer) => {
    expect(await verifier(() => answer as unknown as boolean)(['hash'], 'secret', 'a')).toBeUndefined()
  })

  test('shares one verification between equal credentials at the same time', async () => {
    const { release, verifySecret } = held()
    const verify = verifier(verifySecret)
    const all = Promise.all([verify(['hash'], 's', 'key'), verify(['hash'], 's', 'key'), verify(['hash'], 's', 'key')])
    await settled()
    expect(verifySecret).toHaveBeenCalledTimes(1)
    release[0]?.(true)
    expect(await all).toEqual(['hash', 'hash', 'hash'])
  })

  test('does not share across a rotation', async () => {
    const { release, verifySecret } = held()
    const verify = verifier(verifySecret)
    const [before, after] = [verify(['old'], 's', 'key'), verify(['new'], 's', 'key')]
    await settled()
    expect(verifySecret).toHaveBeenCalledTimes(2)
    release[0]?.(false)
    release[1]?.(true)
    expect(await Promise.all([before, after])).toEqual([undefined, 'new'])
  })

  test('runs three at once, lets 32 wait and refuses the rest (ERR-10)', async () => {
    const { release, verifySecret } = held()
    const verify = verifier(verifySecret)
    const attempts = Array.from({ length: 40 }, (_, index) => verify(['hash'], 'wrong', `key ${index}`))
    const outcomes = Promise.allSettled(attempts)
    await settled()
    expect(verifySecret).toHaveBeenCalledTimes(3)
    for (let ended = 0; ended < 35; ended++) {
      release[ended]?.(false)
      await settled()
    }
    const refused = (await outcomes).filter((outcome) => outcome.status === 'rejected')
    expect(refused.map(({ reason }) => (reason as { code: string }).code)).toEqual(
      Array.from({ length: 5 }, () => 'ERR_CLIENT_AUTHENTICATION_BUSY'),
    )
    expect(await Promise.all([verify(['hash'], 'again', 'k'), settled().then(() => release.at(-1)?.(true))])).toEqual([
      'hash',
      undefined,
    ])
  })

  test('gives no turn of registered identifiers to unregistered ones, however many there are', async () => {
    const { release, verifySecret } = held()
    const verify = verifier(verifySecret, 'decoy')
    const madeUp = Array.from({ length: 100 }, (_, index) => verify(undefined, 'x', `key ${index}`, `made-up-${index}`))
    await settled()
    // One verification really ran. The others waited as long as it took.
    expect(verifySecret.mock.calls).toEqual([['x', 'decoy']])
    const good = verify(['hash'], 'secret', 'good')
    await settled()
    expect(verifySecret.mock.calls.at(-1)).toEqual(['secret', 'hash'])
    release[1]?.(true)
    expect(await good).toBe('hash')
    release[0]?.(true)
    expect(await Promise.all(madeUp)).toEqual(madeUp.map(() => undefined))
  })

  test.each([
    ['different secrets', (index: number) => `key ${index}`, 5],
    ['one secret', () => 'key', 0],
  ])('gives forty simultaneous attempts with %s the same answers, registered or not', async (_, key, busy) => {
    const codes = async (clientSecrets: readonly string[] | undefined): Promise<unknown[]> => {
      const verify = verifier(() => new Promise((resolve) => setImmediate(() => resolve(false))), 'decoy')
      const attempts = Array.from({ length: 40 }, (__, index) => verify(clientSecrets, 'wrong', key(index)))
      const outcomes = await Promise.allSettled(attempts)
      return outcomes.map((outcome) => (outcome.status === 'rejected' ? (outcome.reason as { code: string }).code : ''))
    }
    const [registered, madeUp] = [await codes(['hash']), await codes(undefined)]
    expect(madeUp).toEqual(registered)
    expect(madeUp.filter((code) => code === 'ERR_CLIENT_AUTHENTICATION_BUSY')).toHaveLength(busy)
  })

  test('pauses for a made-up identifier as long as the last verification took, without its waiting time', async () => {
    const pauses = vi.spyOn(globalThis, 'setTimeout')
    const clock = { ms: 0 }
    const { release, verifySecret } = held()
    const verify = createHashedSecretVerifier({ verifySecret, decoy: 'decoy', timeoutMs: 1000, now: () => clock.ms })
    const attempts = Array.from({ length: 6 }, (_, index) =>
      verify('orders-api', { clientSecrets: ['hash'] }, { secret: 'wrong', isAccepted: true, key: `key ${index}` }),
    )
    for (let ended = 0; ended < 6; ended += 3) {
      await settled()
      clock.ms += 70
      for (const one of [0, 1, 2]) release[ended + one]?.(false)
    }
    await Promise.all(attempts)
    const real = verify('made-up', undefined, { secret: 'wrong', isAccepted: true, key: 'a' })
    await settled()
    pauses.mockClear()
    await verify('other', undefined, { secret: 'wrong', isAccepted: true, key: 'b' })
    expect(pauses.mock.calls.map(([, ms]) => ms)).toEqual([70])
    release.at(-1)?.(false)
    await real
    pauses.mockRestore()
  })

  test('refuses waiting attempts of the identifier with the most attempts first', async () => {
    const { release, verifySecret } = held()
    const verify = verifier(verifySecret)
    const guesses = Promise.allSettled(
      Array.from({ length: 60 }, (_, index) => verify(['hash'], 'guess', `guess ${index}`, 'attacked')),
    )
    const good = verify(['other hash'], 'secret', 'good', 'good')
    await settled()
    // After the three that run, it is the turn of the other identifier, however many guesses came before.
    release[0]?.(false)
    await settled()
    release[3]?.(false)
    await settled()
    expect(verifySecret.mock.calls.slice(3)).toContainEqual(['secret', 'other hash'])
    const index = verifySecret.mock.calls.findIndex(([presented]) => presented === 'secret')
    release[index]?.(true)
    expect(await good).toBe('other hash')
    for (let ended = 0; ended < 60; ended++) {
      release[ended]?.(false)
      await settled()
    }
    expect((await guesses).filter(({ status }) => status === 'rejected')).toHaveLength(60 - 3 - 31)
  })

  test('reports an unreadable hash as a failure of verifySecret', async () => {
    const verify = verifier(() => Promise.reject(new Error('no hash')))
    await expect(verify(['hash'], 's', 'a')).rejects.toMatchObject({
      code: 'ERR_CLIENT_AUTHENTICATION_REGISTRY',
      // The message names the option and what to check.
      message: expect.stringMatching(/^clientAuthentication\.verifySecret .*clientSecrets and decoySecret/) as string,
    })
  })
})
