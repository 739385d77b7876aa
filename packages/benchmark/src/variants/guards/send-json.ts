/** The least that sends JSON with `node:http`, with the length that the load generator reads by. */
import type { ServerResponse } from 'node:http'

/** Sends one object. */
export function sendJson(response: ServerResponse, answer: object): void {
  const body = JSON.stringify(answer)
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body)
}
