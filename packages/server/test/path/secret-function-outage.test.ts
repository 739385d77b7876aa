/** While a function that finds secrets fails, nobody can tell registered identifiers from made-up ones. */
import { SignJWT } from 'jose'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createIntrospectionHandler, createMemoryTokenStore } from '../../src/index.ts'
import { basic, ISSUER, NOW, post, RECORD, send } from '../endpoint.ts'

const SECRET = 'a secret of at least thirty-two characters'
const OTHER = 'another secret of at least 32 characters'
const audiences = [RECORD.aud]

/** Identifiers of every kind: with a function, with a secret in the list, with keys alone, and made up. */
const IDS = ['with-function', 'with-secret', 'with-keys', 'made-up', 'made-up-too', 'x'.repeat(300)]

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
})

afterEach(() => {
  vi.useRealTimers()
})

const fail = () => Promise.reject(new Error('the vault is down'))

/** An endpoint whose vault can be down, for callers with several functions. */
function create(more: object = {}, functions: readonly string[] = ['with-function']) {
  const down = new Set<string>()
  const calls: string[] = []
  const codes: (string | undefined)[] = []
  const found = functions.map((id) => ({
    id,
    audiences,
    clientSecrets: () => {
      calls.push(id)
      return down.has(id) ? fail() : Promise.resolve([SECRET])
    },
  }))
  const handler = createIntrospectionHandler({
    issuer: ISSUER,
    clientAuthentication: {
      methods: ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt'],
      protectedResources: [
        ...found,
        { id: 'with-secret', audiences, clientSecrets: [SECRET] },
        { id: 'with-keys', audiences, jwks: { keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'a'.repeat(43) }] } },
      ],
      ...more,
    },
    lookup: { store: createMemoryTokenStore({ now: () => NOW * 1000 }) },
    now: () => NOW * 1000,
    onEvent: (event) => void codes.push((event as { error?: { code: string } }).error?.code),
  })
  const ask = async (id: string, secret: string) => {
    // So that a function that has failed is called again.
    vi.advanceTimersByTime(1001)
    const { status, body, headers } = await send(handler, post({ token: 'a' }, { authorization: basic(id, secret) }))
    return { status, body, fields: Object.keys(headers) }
  }
  return { handler, down, calls, codes, ask }
}

async function assertionOf(id: string) {
  const jwt = await new SignJWT({ jti: crypto.randomUUID() })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(id)
    .setSubject(id)
    .setAudience(ISSUER)
    .setIssuedAt(NOW)
    .setExpirationTime(NOW + 300)
    .sign(new TextEncoder().encode(OTHER))
  const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
  return post({ token: 'a', client_assertion: jwt, client_assertion_type }, { authorization: undefined })
}

describe('while the function fails', () => {
  test('every bad secret has the same answer, whatever its identifier is, also in a new process', async () => {
    for (const first of IDS) {
      const { down, ask, codes } = create()
      down.add('with-function')
      const answers = [await ask(first, OTHER)]
      for (const id of IDS) answers.push(await ask(id, OTHER))
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
      expect(answers[0]?.status).toBe(503)
      expect(new Set(codes)).toEqual(new Set(['ERR_SECRET_UNAVAILABLE']))
    }
  })

  test('a good secret that needs no function is accepted, and no function is called for it', async () => {
    const { down, calls, ask } = create()
    down.add('with-function')
    expect((await ask('with-secret', SECRET)).status).toBe(200)
    expect(calls).toEqual([])
  })

  test('the answers are 401 for all again when it works', async () => {
    const { down, ask } = create()
    down.add('with-function')
    for (const id of IDS) await ask(id, OTHER)
    down.clear()
    const answers = []
    for (const id of IDS) answers.push(await ask(id, OTHER))
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    expect(answers[0]?.status).toBe(401)
    expect((await ask('with-function', SECRET)).status).toBe(200)
  })

  test('every assertion that is signed by a wrong secret has the same answer', async () => {
    const { handler, down } = create()
    for (const status of [401, 503]) {
      vi.advanceTimersByTime(61_000)
      if (status === 503) down.add('with-function')
      for (const id of IDS) {
        vi.advanceTimersByTime(1001)
        expect([id, (await send(handler, await assertionOf(id))).status]).toEqual([id, status])
      }
    }
  })

  test('failures are counted for every identifier alike, so the guesses of a secret in the list stay limited', async () => {
    const series = []
    for (const id of IDS) {
      const { down, ask } = create({ remoteAddress: () => '192.0.2.1' })
      down.add('with-function')
      const statuses = []
      for (let attempt = 0; attempt < 25; attempt++) statuses.push((await ask(id, OTHER)).status)
      series.push(statuses.join(' '))
    }
    expect(new Set(series).size).toBe(1)
    expect(series[0]).toMatch(/^(?:503 ){20}429/)
  })
})

describe('the work of a bad secret', () => {
  test.each([false, true])('is one call of a function for each identifier, when it is down: %s', async (isDown) => {
    for (const id of IDS) {
      const { down, calls, ask } = create()
      if (isDown) down.add('with-function')
      await ask(id, OTHER)
      expect([id, calls]).toEqual([id, ['with-function']])
    }
  })

  test('is as many verifications of hashes for each identifier', async () => {
    const protectedResources = [
      { id: 'with-function', audiences, clientSecrets: fail },
      { id: 'with-secret', audiences, clientSecrets: ['another hash'] },
    ]
    const counts = []
    for (const id of ['with-function', 'with-secret', 'made-up']) {
      let verified = 0
      const verifySecret = () => (verified++, false)
      const methods = ['client_secret_basic']
      const { down, ask } = create({ methods, verifySecret, decoySecret: 'a hash', protectedResources })
      down.add('with-function')
      await ask(id, OTHER)
      counts.push(verified)
    }
    expect(counts).toEqual([1, 1, 1])
  })
})

describe('with several functions', () => {
  const functions = ['with-function', 'with-another', 'with-a-third']

  test('a made-up identifier has that of one caller, always the same one', async () => {
    const { calls, ask } = create({}, functions)
    const callsOf = async (id: string) => {
      calls.length = 0
      vi.advanceTimersByTime(61_000)
      await ask(id, OTHER)
      return [...calls]
    }
    const seen = new Set<string>()
    for (let index = 0; index < 60; index++) {
      const [first, ...more] = await callsOf(`made-up-${index}`)
      expect([more, await callsOf(`made-up-${index}`)]).toEqual([[], [first]])
      seen.add(first ?? '')
    }
    expect(seen).toEqual(new Set(functions))
  })

  test('an outage of one of them shows for made-up identifiers as for registered ones', async () => {
    const { down, ask } = create({}, functions)
    down.add('with-another')
    const statuses = new Set<number>()
    for (let index = 0; index < 60; index++) statuses.add((await ask(`made-up-${index}`, OTHER)).status)
    expect(statuses).toEqual(new Set([401, 503]))
    expect([(await ask('with-another', OTHER)).status, (await ask('with-function', OTHER)).status]).toEqual([503, 401])
  })
})

describe('an identifier with two readings', () => {
  const numbers = Array.from({ length: 20 }, (_, index) => index)
  const working = numbers.map((index) => `tenant+works-${index}`)
  const failing = numbers.map((index) => `tenant+fails-${index}`)
  const madeUp = numbers.map((index) => `tenant+made-up-${index}`)

  test('is 503 when the function of one of them fails, its own or another, registered or made up', async () => {
    const { handler, down, ask } = create({}, [...working, ...failing])
    for (const id of failing) down.add(id)
    const askForOne = async (client_id: string) => {
      const form = { token: 'a', client_id, client_secret: OTHER }
      return (await send(handler, post(form, { authorization: undefined }))).status
    }
    const seen = new Set<number>()
    for (const id of [...working, ...failing, ...madeUp]) {
      const { status } = await ask(id, OTHER)
      const ofEach = [await askForOne(id.replace('+', ' ')), await askForOne(id)]
      expect([id, status]).toEqual([id, Math.max(...ofEach)])
      if (working.includes(id)) seen.add(status)
    }
    expect(seen).toEqual(new Set([401, 503]))
  })

  test('costs calls of the same functions in many processes, whichever of them is registered', async () => {
    const functions = ['tenant+real', 'tenant form']
    for (const id of ['tenant+real', 'tenant+form', 'tenant+made-up']) {
      const seen = new Set<string>()
      for (let round = 0; round < 60; round++) {
        const { calls, ask } = create({}, functions)
        await ask(id, OTHER)
        seen.add(calls.toSorted((a, b) => a.localeCompare(b)).join(', '))
      }
      // The reading without a function has the same one as the other reading, or the other one.
      const own = functions.find((name) => name.replace('+', ' ') === id.replace('+', ' '))
      const one = own === undefined ? functions : [own]
      expect([id, seen]).toEqual([id, new Set([...one, 'tenant form, tenant+real'])])
    }
  })

  test('is accepted with the good secret of one of them, and no other function is called', async () => {
    const { calls, down, ask } = create({}, ['tenant form', 'other'])
    down.add('other')
    expect((await ask('tenant+form', SECRET)).status).toBe(200)
    expect(calls).toEqual(['tenant form'])
  })
})

test('without a function every bad secret is 401', async () => {
  const { ask } = create({}, [])
  for (const id of IDS) expect((await ask(id, OTHER)).status).toBe(401)
})

test('a registry that is a function is known by the callers that were asked for', async () => {
  const found = new Map([['found', { id: 'found', audiences, clientSecrets: fail }]])
  const { ask } = create({ protectedResources: undefined, findProtectedResource: (id: string) => found.get(id) })
  expect((await ask('made-up', OTHER)).status).toBe(401)
  expect((await ask('found', OTHER)).status).toBe(503)
  expect((await ask('made-up', OTHER)).status).toBe(503)
})
