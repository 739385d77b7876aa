/** The cheapest use of undici: `Pool.dispatch` with a handler of its own and `JSON.parse`, without checks. */
import { type Dispatcher, Pool } from 'undici'
import { AUTHORIZATION } from '../../fixture.ts'
import { measureCalls } from '../../measure/call-rounds.ts'

class Exchange implements Dispatcher.DispatchHandler {
  readonly #resolve: (value: unknown) => void
  readonly #reject: (error: Error) => void
  #status = 0
  #chunks: Buffer[] = []

  constructor(resolve: (value: unknown) => void, reject: (error: Error) => void) {
    this.#resolve = resolve
    this.#reject = reject
  }

  onRequestStart(): void {}

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.#status = status
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    const body = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks)
    if (this.#status === 200) this.#resolve(JSON.parse(body.toString('utf8')))
    else this.#reject(new Error(`status ${this.#status}`))
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#reject(error)
  }
}

measureCalls((endpoint) => {
  const { origin, pathname: path } = new URL(endpoint)
  const pool = new Pool(origin, { connections: 64 })
  const headers = {
    accept: 'application/json',
    authorization: AUTHORIZATION,
    'content-type': 'application/x-www-form-urlencoded',
  }
  return (token) =>
    new Promise((resolve, reject) => {
      const body = `token=${encodeURIComponent(token)}`
      pool.dispatch({ path, method: 'POST', headers, body }, new Exchange(resolve, reject))
    })
})
