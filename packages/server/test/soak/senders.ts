/** Every kind of sender that a server meets. Each uses connections of its own. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { BODY, headOf, requestOf, TOKEN } from './requests.ts'

/** Sends once, and resolves when its connection is finished. @throws Error when the answer is wrong. */
export type Sender = (port: number) => Promise<void>

const ANSWER_MS = 5000

/** A sender with one connection, which it always closes. Connection errors show in the received octets. */
function over(use: (socket: Socket) => Promise<void>): Sender {
  return async (port) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    try {
      await use(socket)
    } finally {
      socket.destroy()
    }
  }
}

/** Reads until `isEnough` returns true. Rejects when the connection closes first, or after {@link ANSWER_MS}. */
function readUntil(socket: Socket, isEnough: (received: string) => boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = ''
    const timer = setTimeout(() => finish(new Error(`nothing more after ${JSON.stringify(received)}`)), ANSWER_MS)
    const onClose = (): void => finish(new Error(`closed after ${JSON.stringify(received)}`))
    const onData = (chunk: Buffer): void => {
      received += chunk.toString('latin1')
      if (isEnough(received)) finish()
    }
    function finish(error?: Error): void {
      clearTimeout(timer)
      socket.off('data', onData).off('close', onClose)
      if (error === undefined) resolve(received)
      else reject(error)
    }
    socket.on('data', onData).on('close', onClose)
  })
}

/** Reads one answer and checks its status and the end of its body. */
async function expectAnswer(socket: Socket, status: number, end: string): Promise<void> {
  const received = await readUntil(socket, (text) => text.includes('\r\n\r\n') && text.endsWith('}'))
  if (!received.startsWith(`HTTP/1.1 ${status} `) || !received.endsWith(end)) throw new Error(`answered ${received}`)
}

const ACTIVE_END = '"aud":"https://orders.example.com"'
const MALFORMED = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'

/** A caller that does everything right over one connection, and checks that it gets its own answers. */
const good = over(async (socket) => {
  for (let round = 0; round < 5; round++) {
    socket.write(requestOf(BODY))
    const active = await readUntil(socket, (text) => text.includes('\r\n\r\n') && text.endsWith('}'))
    if (!active.startsWith('HTTP/1.1 200 ') || !active.includes('"active":true') || !active.includes(ACTIVE_END)) {
      throw new Error(`answered ${active}`)
    }
    socket.write(requestOf(`token=unknown-${round}`))
    await expectAnswer(socket, 200, '\r\n\r\n{"active":false}')
    socket.write(requestOf(BODY, 'wrong'))
    // After too many misses the status is 429. Other callers still get their answers.
    const refused = await readUntil(socket, (text) => text.includes('\r\n\r\n') && text.endsWith('}'))
    if (!/^HTTP\/1\.1 (?:401|429) /.test(refused)) throw new Error(`answered ${refused}`)
  }
})

/** Sends a correct request a few octets at a time. */
const dripping = over(async (socket) => {
  socket.write(headOf(`content-length: ${BODY.length}`))
  for (let offset = 0; offset < BODY.length; offset += 4) {
    await sleep(10)
    socket.write(BODY.slice(offset, offset + 4))
  }
  await readUntil(socket, (text) => text.startsWith('HTTP/1.1 200 ') && text.includes('"active":true'))
})

/** Disconnects after a random part of a request. */
const leaving = (request: string): Sender =>
  over(async (socket) => {
    socket.write(request.slice(0, 1 + Math.floor(Math.random() * request.length)))
    await sleep(Math.random() * 4)
    if (Math.random() < 0.5) socket.resetAndDestroy()
  })

const HEAD = headOf(`content-length: ${BODY.length}`)

const leavingInBody = over(async (socket) => {
  socket.write(HEAD + BODY.slice(0, Math.floor(Math.random() * BODY.length)))
  await sleep(Math.random() * 4)
})

const leavingAfterBody = over(async (socket) => {
  await new Promise((resolve) => socket.write(HEAD + BODY, resolve))
  if (Math.random() < 0.5) socket.resetAndDestroy()
})

/** Sends half of a body, and nothing more for one second. */
const holding = over(async (socket) => {
  socket.write(headOf('content-length: 1000') + BODY)
  await sleep(1000)
})

const LARGE = Buffer.alloc(200_000, 'a')

/** Announces or sends a body that is too large, and gets its answer while it is still sending. */
const oversized = (head: string, start: string, status: number): Sender =>
  over(async (socket) => {
    const answered = expectAnswer(socket, status, '}')
    socket.write(head)
    socket.write(start)
    socket.write(LARGE)
    await answered
  })

/** Sends a good request and then junk. Node answers the junk itself and closes, before the first answer is there. */
const junk = over(async (socket) => {
  socket.write(`${requestOf(BODY)}\u0000\u0001\u00ff: nonsense ${TOKEN}\r\n\r\n`, 'latin1')
  await readUntil(socket, (text) => text.endsWith(MALFORMED))
})

/** Sends three requests at once and disconnects before the answers. */
const impatient = over(async (socket) => {
  await new Promise((resolve) => socket.write(requestOf(BODY).repeat(3), resolve))
  await sleep(Math.random() * 2)
  socket.resetAndDestroy()
})

/** Every kind of sender, by name. */
export const SENDERS: Readonly<Record<string, Sender>> = {
  good,
  dripping,
  'leaving in the head': leaving(HEAD),
  'leaving in the body': leavingInBody,
  'leaving after the body': leavingAfterBody,
  holding,
  'oversized, announced': oversized(headOf('content-length: 1000000'), '', 413),
  'oversized, in chunks': oversized(headOf('transfer-encoding: chunked'), '30d40\r\n', 413),
  'refused, still sending': oversized(headOf('content-length: 1000000', 'text/plain'), '', 415),
  junk,
  impatient,
}
