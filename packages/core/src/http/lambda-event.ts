/** Reads the HTTP requests that AWS passes to a Lambda function as events, for adapters of both sides. */
import { parseCertificateHeader } from './certificate-header.ts'
import { readNodeHeader } from './node-header.ts'

/**
 * The members of an event that are read. Function URLs and HTTP APIs send payload format 2.0, REST APIs send 1.0, and an HTTP API
 * sends the one you chose. Application Load Balancers send 1.0 with another context. The types of `@types/aws-lambda` fit.
 */
export interface LambdaEvent {
  readonly headers?: Readonly<Record<string, string | undefined>> | null | undefined
  /** The body as text. */
  readonly body?: string | null | undefined
  /** Whether {@link body} is base64 of the octets. */
  readonly isBase64Encoded?: boolean | undefined
  /** The path, in format 2.0. */
  readonly rawPath?: string | undefined
  /** The query without the question mark, in format 2.0. */
  readonly rawQueryString?: string | undefined
  /** The cookies, in format 2.0: one `name=value` each, and no field `Cookie` then. */
  readonly cookies?: readonly string[] | undefined
  /** The method, in format 1.0. */
  readonly httpMethod?: string | undefined
  /** The path, in format 1.0. */
  readonly path?: string | undefined
  /** Every value of every field, in format 1.0. `headers` has only the last value of each. */
  readonly multiValueHeaders?: LambdaValues
  readonly multiValueQueryStringParameters?: LambdaValues
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>> | null | undefined
  readonly requestContext: LambdaRequestContext
}

/** Several values by name. */
export type LambdaValues = Readonly<Record<string, readonly string[] | undefined>> | null | undefined

/** What AWS itself says about the request. */
export interface LambdaRequestContext {
  /** Format 2.0. */
  readonly http?: { readonly method: string; readonly sourceIp?: string | undefined } | undefined
  /** Format 2.0, at domains with mutual TLS. */
  readonly authentication?: { readonly clientCert?: LambdaCertificate | null | undefined } | null | undefined
  /** Format 1.0: the path with the name of the stage, as the client sent it. */
  readonly path?: string | undefined
  /** Format 1.0. */
  readonly identity?:
    | { readonly sourceIp?: string | null | undefined; readonly clientCert?: LambdaCertificate | null | undefined }
    | undefined
  /** Set by Application Load Balancers. */
  readonly elb?: unknown
}

/** The certificate of a client, which API Gateway has checked. */
export interface LambdaCertificate {
  readonly clientCertPem?: string | undefined
}

/** An answer, as Lambda takes it in both formats. */
export interface LambdaResult {
  statusCode: number
  headers?: Record<string, string>
  /** In place of `headers`, for events that have this member. */
  multiValueHeaders?: Record<string, string[]>
  body: string
}

/** One HTTP request of an event. */
export class LambdaRequest {
  readonly method: string
  readonly #event: LambdaEvent

  /** @throws TypeError when it is no event of an HTTP request. */
  constructor(event: LambdaEvent) {
    const { requestContext, httpMethod } = (event ?? {}) as Partial<LambdaEvent>
    const method: unknown = requestContext?.http?.method ?? httpMethod
    if (typeof method !== 'string' || typeof requestContext !== 'object') {
      throw new TypeError(
        'event: must be an HTTP request from a function URL, an API Gateway or an Application Load Balancer, with requestContext ' +
          'and a method',
      )
    }
    this.method = method
    this.#event = event
  }

  /**
   * A header field by its lower-case name. Several fields are joined by `, `, or by a comma alone where AWS has joined them.
   * Names in the event may have any case.
   */
  header(name: string): string | undefined {
    const { cookies, multiValueHeaders, headers } = this.#event
    if (name === 'cookie' && cookies !== undefined && cookies.length > 0) return cookies.join('; ')
    return (
      readNodeHeader({ headers: multiValueHeaders ?? {} }, name) ?? readNodeHeader({ headers: headers ?? {} }, name)
    )
  }

  /** The path and the query, as far as AWS passes them on as they were sent. */
  url(): string {
    const { rawPath, path, requestContext } = this.#event
    const query = this.query()
    return `${rawPath ?? requestContext.path ?? path ?? ''}${query === undefined ? '' : `?${query}`}`
  }

  /** The query without the question mark. In format 1.0 it is put together from its parameters. */
  query(): string | undefined {
    const { rawQueryString, multiValueQueryStringParameters, queryStringParameters, requestContext } = this.#event
    const query =
      rawQueryString ??
      joinParameters(
        multiValueQueryStringParameters ?? queryStringParameters ?? {},
        // Load balancers pass parameters on as they were sent. API Gateway decodes them.
        requestContext.elb === undefined ? encodeURIComponent : (text) => text,
      )
    return query === '' ? undefined : query
  }

  /**
   * The octets of the body.
   *
   * @returns `too-large` when there are more than `maxBytes`, `malformed` when the body should be base64 and is not.
   */
  body(maxBytes: number): Uint8Array<ArrayBuffer> | 'too-large' | 'malformed' {
    const { body, isBase64Encoded } = this.#event
    if (typeof body !== 'string') return new Uint8Array()
    // Looked at first, so that no work is done for a body that is too large.
    if (body.length > (isBase64Encoded === true ? Math.ceil(maxBytes / 3) * 4 : maxBytes)) return 'too-large'
    const octets = isBase64Encoded === true ? decodeBase64(body) : new TextEncoder().encode(body)
    if (octets === undefined) return 'malformed'
    return octets.byteLength > maxBytes ? 'too-large' : octets
  }

  /** The address at the other end of the connection, if AWS says it. It never comes from a header field. */
  remoteAddress(): string | undefined {
    const { http, identity } = this.#event.requestContext
    return http?.sourceIp ?? identity?.sourceIp ?? undefined
  }

  /** The certificate of the client as DER, at a domain of API Gateway with mutual TLS, which has validated its chain. */
  certificate(): Uint8Array | undefined {
    const { authentication, identity } = this.#event.requestContext
    const pem = (authentication?.clientCert ?? identity?.clientCert)?.clientCertPem
    // This format is a PEM.
    return pem === undefined ? undefined : parseCertificateHeader('apache', pem)
  }

  /** An answer to this request. AWS reads the fields where the event has them. */
  toResult(status: number, headers: Readonly<Record<string, string>>, body: string): LambdaResult {
    const fields = Object.entries(headers)
    return {
      statusCode: status,
      ...(this.hasFieldLists
        ? { multiValueHeaders: Object.fromEntries(fields.map(([name, value]) => [name, [value]])) }
        : { headers: Object.fromEntries(fields) }),
      body: this.method === 'HEAD' ? '' : body,
    }
  }

  /** Whether the event has `multiValueHeaders`, and the answer should. */
  get hasFieldLists(): boolean {
    return Boolean(this.#event.multiValueHeaders)
  }
}

function joinParameters(
  parameters: Readonly<Record<string, readonly string[] | string | undefined>>,
  encode: (text: string) => string,
): string {
  return Object.entries(parameters)
    .flatMap(([name, values = []]) => [values].flat().map((value) => `${encode(name)}=${encode(value)}`))
    .join('&')
}

/** Strict, because decoders that skip what is not base64 would read another body than a proxy or a log. */
function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
}
