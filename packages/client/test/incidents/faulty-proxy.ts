/** A proxy for TCP that can hold octets back, or break connections off in the middle of an answer. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** What the proxy does with octets of the server. `cut`: it passes half of the next octets on, and breaks off. */
export type ProxyMode = 'pass' | 'hold' | 'cut'

/** A running proxy. */
export interface FaultyProxy {
  readonly origin: string
  mode: ProxyMode
  /** How many connections were broken off so far. */
  readonly cuts: number
  close(): Promise<void>
}

/** Starts a proxy before a port of loopback. */
export async function startFaultyProxy(port: number): Promise<FaultyProxy> {
  const sockets = new Set<Socket>()
  const held = new Set<() => void>()
  let mode: ProxyMode = 'pass'
  let cuts = 0

  function track(socket: Socket, other: Socket): void {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => {
      sockets.delete(socket)
      other.destroy()
    })
  }

  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    track(near, far)
    track(far, near)
    near.on('data', (octets) => far.write(octets))
    far.on('data', (octets: Buffer) => {
      if (mode === 'pass') near.write(octets)
      else if (mode === 'hold') held.add(() => near.write(octets))
      else {
        cuts++
        near.write(octets.subarray(0, octets.length / 2))
        near.destroySoon()
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get mode() {
      return mode
    },
    set mode(next) {
      mode = next
      if (next === 'hold') return
      for (const pass of held) pass()
      held.clear()
    },
    get cuts() {
      return cuts
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
