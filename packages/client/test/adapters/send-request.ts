/** Sends the requests of a table to a framework. */
import { request as httpRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { SentRequest } from './guard-cases/sent-request.ts'
import { PATH } from './guard-frameworks/guarded-framework.ts'

/** The response. */
export interface Received {
  readonly status: number | undefined
  /** Each field with all of its values. */
  readonly fields: NodeJS.Dict<string[]>
  readonly body: string
}

/** Sends the fields unchanged, also repeated ones. */
export function send(
  server: Server,
  { method = 'GET', query = '', fields = [], body }: SentRequest,
): Promise<Received> {
  const { port } = server.address() as AddressInfo
  const length: string[] = body === undefined ? [] : ['Content-Length', String(Buffer.byteLength(body))]
  const headers = ['Host', 'api', 'Connection', 'close', ...length, ...fields.flat()]
  return new Promise((resolve, reject) => {
    const request = httpRequest({ port, host: '127.0.0.1', method, path: PATH + query, headers }, (response) => {
      text(response).then(
        (answer) => resolve({ status: response.statusCode, fields: response.headersDistinct, body: answer }),
        reject,
      )
    })
    request.on('error', reject).end(body)
  })
}
