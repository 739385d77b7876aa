/** Sends the requests of an example. */

/** The parts of a request that differ from a GET without a token. */
export interface SentRequest {
  readonly method?: string | undefined
  readonly token?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** The parts of a response that examples compare. */
export interface Reply {
  readonly status: number
  /** The `WWW-Authenticate` field. */
  readonly challenge: string | null
  /** The body, as JSON where it is JSON. `undefined` when it is empty. */
  readonly body: unknown
}

/** Sends a request and reads the whole response. */
export async function send(url: string, { method = 'GET', token, headers = {} }: SentRequest = {}): Promise<Reply> {
  const credentials = token === undefined ? undefined : { authorization: `Bearer ${token}` }
  const response = await fetch(url, { method, headers: { ...headers, ...credentials } })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json') === true
  const body: unknown = isJson ? JSON.parse(text) : text || undefined
  return { status: response.status, challenge: response.headers.get('www-authenticate'), body }
}
