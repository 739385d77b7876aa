/** Scenarios of connections that break, that carry something other than HTTP, or that never end. */
import { JSON_HEAD, pour, raw, untilClosed } from '../answers.ts'
import { credentialsIn, goodAnswer } from '../hostile-exchange.ts'
import { type HostileScenario, scenarios } from '../hostile-scenario.ts'

const ACTIVE = '{"active":true}'

/** A client must not use anything that it received before the connection failed. */
export const connections: readonly HostileScenario[] = [
  ...scenarios({ expected: 'unreachable', why: 'The answer is incomplete.', clause: 'RFC 9112 §8' }, [
    ['close-silent', 'a connection closed without a word', ({ socket }) => socket.destroy()],
    ['reset-silent', 'a connection reset without a word', raw(() => '', 'resetAndDestroy')],
    ['close-status-line', 'a connection closed in the status line', raw(() => 'HTTP/1.1 20')],
    ['close-fields', 'a connection closed in the fields', raw(() => JSON_HEAD)],
    ['close-before-body', 'a connection closed before the body', raw(() => `${JSON_HEAD}Content-Length: 15\r\n\r\n`)],
    ['length-long', 'a length that never comes', raw(() => `${JSON_HEAD}Content-Length: 200\r\n\r\n${ACTIVE}`)],
    [
      'reset-body',
      'a body cut off by a reset',
      raw(() => `${JSON_HEAD}Content-Length: 200\r\n\r\n${ACTIVE}`, 'resetAndDestroy'),
    ],
    ['close-chunks', 'chunks cut off', raw(() => `${JSON_HEAD}Transfer-Encoding: chunked\r\n\r\nf\r\n${ACTIVE}\r\n`)],
  ]),
  ...scenarios({ expected: 'unreachable', why: 'It is not HTTP.', clause: 'RFC 9112 §4' }, [
    [
      'chunk-without-size',
      'a chunk without a size',
      raw(({ token }) => `${JSON_HEAD}Transfer-Encoding: chunked\r\n\r\n${token}\r\n`, 'stay'),
      { clause: 'RFC 9112 §7.1' },
    ],
    [
      'length-twice',
      'two lengths',
      raw(() => `${JSON_HEAD}Content-Length: 15\r\nContent-Length: 200\r\n\r\n${ACTIVE}`, 'stay'),
      { why: 'The attacker chooses where the answer ends.', clause: 'RFC 9112 §6.3' },
    ],
    [
      'length-and-chunks',
      'a length and chunks',
      raw(
        () => `${JSON_HEAD}Content-Length: 15\r\nTransfer-Encoding: chunked\r\n\r\nf\r\n${ACTIVE}\r\n0\r\n\r\n`,
        'stay',
      ),
      { why: 'The attacker chooses where the answer ends.', clause: 'RFC 9112 §6.3' },
    ],
    ['http-none', 'no HTTP', raw(({ token }) => `SSH-2.0-${token}\r\n`, 'stay')],
    [
      'http-almost',
      'almost HTTP',
      raw((exchange) => `HTTZ/1.1 200 ${exchange.token}\r\n\r\n${credentialsIn(exchange).secret}`, 'stay'),
    ],
    ['http-0-9', 'HTTP/0.9, a body and nothing else', raw((exchange) => JSON.stringify(goodAnswer(exchange)))],
    [
      'http-upgrade',
      'another protocol',
      raw(() => 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n', 'stay'),
      { clause: 'RFC 9110 §15.2.2' },
    ],
    [
      'fields-long',
      'a field of a hundred kilobytes',
      raw(({ token }) => `${JSON_HEAD}X-Padding: ${token}${'a'.repeat(100_000)}`, 'stay'),
    ],
    [
      'fields-endless',
      'fields without end',
      (exchange) => {
        exchange.socket.write(JSON_HEAD)
        pour(exchange, 'X-Padding: aaaaaaaaaaaaaaaaaaaa\r\n'.repeat(1000))
      },
    ],
    [
      'continue-flood',
      '100 Continue without end',
      (exchange) => pour(exchange, 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(100)),
      { why: 'The client did not send Expect.', clause: 'RFC 9110 §10.1.1' },
    ],
  ]),
  ...scenarios({ expected: 'late', why: 'The callers of the resource server are waiting.' }, [
    ['hang', 'no answer', () => undefined],
    [
      'hang-body',
      'fields and no body',
      ({ response }) => response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders(),
    ],
    [
      'hang-in-body',
      'a body that stops in the middle',
      (exchange) =>
        exchange.response
          .writeHead(200, { 'content-type': 'application/json', 'content-length': '400' })
          .write(JSON.stringify(goodAnswer(exchange))),
    ],
    [
      'drip',
      'one octet every 50 ms',
      (exchange) => {
        const octets = JSON.stringify(goodAnswer(exchange)).split('')
        exchange.response.writeHead(200, { 'content-type': 'application/json' })
        untilClosed(exchange, 50, () => exchange.response.write(octets.shift() ?? ' '))
      },
    ],
    [
      'processing-endless',
      '102 Processing without end',
      (exchange) => untilClosed(exchange, 15, () => exchange.response.writeProcessing()),
    ],
    [
      'early-hints-flood',
      '103 Early Hints without end',
      (exchange) => pour(exchange, 'HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n'.repeat(10)),
      { clause: 'RFC 8297 §2' },
    ],
  ]),
]
