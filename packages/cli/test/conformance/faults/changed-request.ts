/** Servers that read a request in another way. */
import type { CameRequest } from '../../servers/canned-server.ts'
import type { Fault } from '../honest-server.ts'

const FORM = 'application/x-www-form-urlencoded'

/** Answers in another way where a condition holds. */
export function where(condition: (request: CameRequest) => boolean, fault: Fault): Fault {
  return (request, honest) => (condition(request) ? fault(request, honest) : honest(request))
}

export function form({ body }: CameRequest): URLSearchParams {
  return new URLSearchParams(body)
}

export function query({ url = '' }: CameRequest): URLSearchParams {
  return new URLSearchParams(url.split('?')[1])
}

export function withForm(request: CameRequest, parameters: URLSearchParams): CameRequest {
  return {
    ...request,
    method: 'POST',
    body: parameters.toString(),
    headers: { ...request.headers, 'content-type': FORM },
  }
}

export function withHeaders(request: CameRequest, headers: Record<string, string>): CameRequest {
  return { ...request, headers: { ...request.headers, ...headers } }
}
