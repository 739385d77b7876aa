/** Opens many connections that ask and then wait, in a process apart from the server that is measured. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { CLIENT_ID, CLIENT_SECRET } from '../fixture.ts'
import { answerParent } from '../measure/answer-parent.ts'

/** What to open. */
export interface Opening {
  readonly port: number
  readonly count: number
  readonly accept: string
  /** With it the server waits for an event that comes after it. */
  readonly after?: string | undefined
}

const AT_ONCE = 100
const sockets: Socket[] = []
const credentials = Buffer.from(`${encodeURIComponent(CLIENT_ID)}:${encodeURIComponent(CLIENT_SECRET)}`).toString(
  'base64',
)

answerParent({
  async open({ port, count, accept, after }: Opening): Promise<void> {
    const query = after === undefined ? '' : `?after=${after}&wait=300`
    const request = `GET /revocations${query} HTTP/1.1\r\nhost: a\r\nauthorization: Basic ${credentials}\r\naccept: ${accept}\r\n\r\n`
    for (let opened = 0; opened < count; opened += AT_ONCE) {
      await Promise.all(
        Array.from({ length: Math.min(AT_ONCE, count - opened) }, async () => {
          const socket = connect(port, '127.0.0.1')
          sockets.push(socket)
          await once(socket, 'connect')
          socket.resume()
          socket.write(request)
        }),
      )
    }
  },
  /** The last position of the feed. */
  async position(port: number): Promise<string> {
    const headers = { authorization: `Basic ${credentials}`, accept: 'application/json' }
    const answer = await fetch(`http://127.0.0.1:${port}/revocations`, { headers })
    return ((await answer.json()) as { readonly position: string }).position
  },
})
