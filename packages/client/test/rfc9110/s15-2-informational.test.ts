import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
import { describe, expect, test } from 'vitest'
import { type Exchange, serve } from '../loopback-server.ts'

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{"active":true}'
const HINTS = 'HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n'

/** The outcome at a client of a server that sends these octets. */
async function ask(answer: (exchange: Exchange) => unknown, transport: object): Promise<unknown> {
  await using server = await serve(answer)
  await using client = new IntrospectionClient({
    endpoint: `${server.origin}/introspect`,
    clientAuthentication: clientSecretBasic('api', 's3cr3t'),
    transport: { allowHttpOnLoopback: true, retry: false, ...transport },
    onWarning: false,
  })
  return await client.introspect('a').then(
    ({ active }) => active,
    (error: unknown) => (error as { code: unknown }).code,
  )
}

function flood({ socket }: Exchange): void {
  const timer = setInterval(() => socket.write(HINTS), 10)
  socket.once('close', () => clearInterval(timer)).on('error', () => undefined)
}

describe.each([
  ['undici', {}],
  ['fetch', { fetch }],
])('RFC 9110 §15.2, over %s', (_name, over) => {
  test.each([
    ['102 Processing', 'HTTP/1.1 102 Processing\r\n\r\n'],
    ['103 Early Hints', HINTS],
    ['several interim responses', `${HINTS}${HINTS}HTTP/1.1 102 Processing\r\n\r\n`],
    ['an unknown status', 'HTTP/1.1 199 What\r\n\r\n'],
    ['an interim response with a media type', 'HTTP/1.1 103 Early Hints\r\nContent-Type: application/json\r\n\r\n'],
  ])('RSP-33 the client reads the answer after %s', async (_, interim) => {
    expect(await ask(({ socket }) => socket.write(interim + ANSWER), over)).toBe(true)
  })

  test('RSP-33 a switch to another protocol is not an answer', async () => {
    const upgrade = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'
    expect(await ask(({ socket }) => socket.write(upgrade + ANSWER), over)).toMatch(/^ERR_TRANSPORT_/)
  })

  test('RSP-33 endless interim responses are not an answer', async () => {
    expect(await ask(flood, { ...over, deadlineMs: 300 })).toMatch(/^ERR_TRANSPORT_/)
  })
})
