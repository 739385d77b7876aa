/** A server that calls the handler of a Lambda function as AWS documents it, with the events of each service. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { LambdaEvent } from '@token-introspection/core/lambda-event'

/** A handler of a Lambda function. */
export type LambdaFunction = (event: LambdaEvent, context: object) => Promise<unknown>

/** Makes the event of one request. */
export type ToEvent = (request: IncomingMessage, body: Buffer) => LambdaEvent

/** The services that pass HTTP requests to functions. */
export const EVENTS = {
  'function URL': toEventV2,
  'REST API': toEventV1,
  'load balancer': toLoadBalancerEvent,
  'load balancer with multi-value headers': toMultiValueEvent,
} as const satisfies Record<string, ToEvent>

/** Media types that services pass on as text. Forms are not among them. */
const TEXT = /^(?:text\/|application\/(?:json|javascript|xml)\b)/

/** Payload format 2.0: names in lower case, repeated fields joined by a comma, cookies apart. */
function toEventV2(request: IncomingMessage, body: Buffer): LambdaEvent {
  const fields = fieldsOf(request)
  const cookies = fields.filter(([name]) => name.toLowerCase() === 'cookie').flatMap(([, value]) => value.split('; '))
  const headers: Record<string, string> = {}
  for (const [name, value] of fields) {
    const key = name.toLowerCase()
    if (key !== 'cookie') headers[key] = key in headers ? `${headers[key]},${value}` : value
  }
  const [path, query] = splitTarget(request)
  const isText = TEXT.test(headers['content-type'] ?? '')
  return {
    rawPath: path,
    rawQueryString: query,
    ...(cookies.length > 0 && { cookies }),
    headers,
    requestContext: { http: { method: request.method as string, sourceIp: '127.0.0.1' } },
    ...(body.byteLength > 0 && { body: body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.byteLength > 0 && !isText,
  }
}

/** Payload format 1.0: names as they were sent, the last value and all values, parameters decoded, every body as text. */
function toEventV1(request: IncomingMessage, body: Buffer): LambdaEvent {
  const [path, query] = splitTarget(request)
  const parameters = [...new URLSearchParams(query)]
  return {
    httpMethod: request.method,
    path,
    headers: Object.fromEntries(fieldsOf(request)),
    multiValueHeaders: toLists(fieldsOf(request)),
    queryStringParameters: query === '' ? null : Object.fromEntries(parameters),
    multiValueQueryStringParameters: query === '' ? null : toLists(parameters),
    requestContext: { path, identity: { sourceIp: '127.0.0.1', clientCert: null } },
    body: body.byteLength === 0 ? null : body.toString(),
    isBase64Encoded: false,
  }
}

/** Names in lower case, the last value only, parameters as they were sent. */
function toLoadBalancerEvent(request: IncomingMessage, body: Buffer): LambdaEvent {
  return {
    ...withoutFields(request, body),
    headers: Object.fromEntries(lowerCased(request)),
    queryStringParameters: Object.fromEntries(rawParameters(request)),
  }
}

function toMultiValueEvent(request: IncomingMessage, body: Buffer): LambdaEvent {
  return {
    ...withoutFields(request, body),
    multiValueHeaders: toLists(lowerCased(request)),
    multiValueQueryStringParameters: toLists(rawParameters(request)),
  }
}

function withoutFields(request: IncomingMessage, body: Buffer): LambdaEvent {
  const isText = TEXT.test(request.headers['content-type'] ?? '')
  return {
    httpMethod: request.method,
    path: splitTarget(request)[0],
    requestContext: { elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:targetgroup/orders' } },
    body: body.toString(isText ? 'utf8' : 'base64'),
    isBase64Encoded: !isText,
  }
}

function fieldsOf({ rawHeaders }: IncomingMessage): [string, string][] {
  return Array.from({ length: rawHeaders.length / 2 }, (_, index) => [
    rawHeaders[2 * index] as string,
    rawHeaders[2 * index + 1] as string,
  ])
}

function lowerCased(request: IncomingMessage): [string, string][] {
  return fieldsOf(request).map(([name, value]) => [name.toLowerCase(), value])
}

function rawParameters(request: IncomingMessage): [string, string][] {
  const [, query] = splitTarget(request)
  return query === '' ? [] : query.split('&').map((pair) => [pair.split('=')[0] ?? '', pair.split('=')[1] ?? ''])
}

function toLists(pairs: readonly (readonly [string, string])[]): Record<string, string[]> {
  const lists: Record<string, string[]> = {}
  for (const [name, value] of pairs) lists[name] = [...(lists[name] ?? []), value]
  return lists
}

function splitTarget({ url = '' }: IncomingMessage): [path: string, query: string] {
  const start = url.indexOf('?')
  return start === -1 ? [url, ''] : [url.slice(0, start), url.slice(start + 1)]
}

/** A result of a function. */
interface Result {
  readonly statusCode: number
  readonly headers?: Readonly<Record<string, string>>
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>>
  readonly body?: string
}

/**
 * Serves a function. An error of the function is answered 502, as AWS answers it. A load balancer that sends
 * `multiValueHeaders` reads only these of the answer.
 */
export function createLambdaServer(toEvent: ToEvent, handler: LambdaFunction): Server {
  return createServer((request, response) => {
    answer(request, response).catch(() => response.writeHead(502).end())
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Events and results travel as JSON.
    const event = JSON.parse(JSON.stringify(toEvent(request, await buffer(request)))) as LambdaEvent
    const result = JSON.parse(JSON.stringify(await handler(event, { awsRequestId: 'a' }))) as Result
    const { statusCode, headers = {}, multiValueHeaders = {}, body = '' } = result
    const isMultiValueOnly = event.headers === undefined
    for (const [name, value] of Object.entries(isMultiValueOnly ? {} : headers)) response.setHeader(name, value)
    for (const [name, values] of Object.entries(multiValueHeaders)) response.setHeader(name, values)
    response.writeHead(statusCode).end(body)
  }
}
