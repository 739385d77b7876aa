/** SPINE: one introspection request in, one response out, as plain data. */
import { type AuthorizationStep, authorizeDisclosure } from './authorization/authorize-disclosure.ts'
import { authenticateClient, type ClientAuthenticationStep } from './client-authentication/authenticate-client.ts'
import { type OnEvent, reportEvent, toErrorEvent } from './events.ts'
import type { HttpRequest, HttpResponse } from './http-message.ts'
import { findToken, type LookupStep } from './lookup/find-token.ts'
import { parseTokenRequest, type RequestStep, readRequest } from './request/read-request.ts'
import { type ResponseStep, shapeResponse } from './response/shape-response.ts'
import { writeErrorResponse } from './response/write-error-response.ts'
import { writeResponse } from './response/write-response.ts'

/** Everything the spine needs, by step. */
export interface Steps {
  readonly request: RequestStep
  readonly clientAuthentication: ClientAuthenticationStep
  readonly lookup: LookupStep
  readonly authorization: AuthorizationStep
  readonly response: ResponseStep
  readonly onEvent: OnEvent | undefined
}

/** Read, authenticate, look up, authorize, shape, write; whatever is thrown on the way becomes an error response. */
export async function handleIntrospection(request: HttpRequest, steps: Steps): Promise<HttpResponse> {
  try {
    const received = await readRequest(request, steps.request)
    const protectedResource = await authenticateClient(received, steps.clientAuthentication)
    const introspection = parseTokenRequest(received)
    const found = await findToken(introspection, steps.lookup)
    const disclosable = await authorizeDisclosure(protectedResource, found, steps.authorization)
    const introspectionResponse = await shapeResponse(disclosable, steps.response)
    const response = writeResponse(introspectionResponse)
    const { active } = introspectionResponse
    reportEvent(steps.onEvent, { type: 'introspected', protectedResource: protectedResource.id, active })
    return response
  } catch (error) {
    const response = writeErrorResponse(error, steps.response)
    reportEvent(steps.onEvent, toErrorEvent(error, response.status))
    return response
  }
}
