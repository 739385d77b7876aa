/** Records an HTTP exchange as it went over the wire, for people to read. */
import type { IncomingMessage, ServerResponse } from 'node:http'

/** One request and its response. */
export interface Exchange {
  readonly request: string
  readonly response: string
  readonly status: number
  /** Response header fields by lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const SHOWN_REQUEST_FIELDS = ['authorization', 'content-type', 'accept']
const SHOWN_RESPONSE_FIELDS = ['content-type', 'cache-control', 'www-authenticate', 'retry-after']

/** Watches one exchange of a Node server. */
export function recordExchange(
  request: IncomingMessage,
  response: ServerResponse,
  onExchange: (exchange: Exchange) => void,
): void {
  let requestBody = ''
  request.on('data', (chunk: Buffer) => {
    requestBody += chunk.toString()
  })
  // Node keeps neither the header fields nor the body, so this function wraps both methods that write them.
  let headers: Record<string, string> = {}
  let responseBody = ''
  const writeHead = response.writeHead.bind(response) as (
    status: number,
    fields: Record<string, string>,
  ) => ServerResponse
  const end = response.end.bind(response) as (body?: string) => ServerResponse
  response.writeHead = ((status: number, written: Record<string, string>) => {
    headers = written
    return writeHead(status, written)
  }) as typeof response.writeHead
  response.end = ((written?: string) => {
    responseBody = written ?? ''
    return end(written)
  }) as typeof response.end
  response.on('finish', () => {
    const line = `${request.method} ${request.url}`
    onExchange(
      toExchange(
        { line, headers: request.headers as Record<string, string>, body: requestBody },
        { status: response.statusCode, headers, body: responseBody },
      ),
    )
  })
}

/** Formats both messages as in RFC 9112, without unimportant header fields and with masked secrets. */
export function toExchange(
  request: { readonly line: string; readonly headers: Readonly<Record<string, string>>; readonly body: string },
  response: { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string },
): Exchange {
  return {
    ...response,
    request: [request.line, ...fields(request.headers, SHOWN_REQUEST_FIELDS), ...bodyLines(request.body)].join('\n'),
    response: [
      `HTTP ${response.status}`,
      ...fields(response.headers, SHOWN_RESPONSE_FIELDS),
      ...bodyLines(response.body),
    ].join('\n'),
  }
}

function fields(headers: Readonly<Record<string, string>>, shown: readonly string[]): string[] {
  return shown.flatMap((name) => {
    const value = headers[name]
    return value === undefined ? [] : [`${name}: ${name === 'authorization' ? mask(value) : value}`]
  })
}

function mask(authorization: string): string {
  return authorization.replace(/^Basic .*/i, 'Basic (client id and secret)')
}

function bodyLines(text: string): string[] {
  return text === '' ? [] : ['', text]
}
