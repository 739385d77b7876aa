/** SPINE: one token, asked about from inside the authorization server: no HTTP, no credentials, no budget. */
import { type IntrospectionRequest, type IntrospectionResponse, Form } from '@token-introspection/core'
import { copyOptions, OptionGroup } from '@token-introspection/core/options'
import { authorizeDisclosure } from '../authorization/authorize-disclosure.ts'
import { REGISTRY_FAILED } from '../client-authentication/find-registered.ts'
import type { ProtectedResource } from '../client-authentication/protected-resource.ts'
import { requireFaultless } from '../client-authentication/registered.ts'
import { askDependency } from '../dependencies/ask-dependency.ts'
import { ClientAuthenticationRegistryError } from '../errors.ts'
import type { Steps } from '../handle-introspection.ts'
import { confirmActive } from '../lookup/confirm-active.ts'
import { findToken } from '../lookup/find-token.ts'
import { shapeResponse } from '../response/shape-response.ts'

/** For whom a token is asked about, and what a request would say beside it. */
export interface InProcessRequest {
  /** The identifier of the protected resource: the answer is the one it would get. */
  readonly protectedResource: string
  /** What `token_type_hint` would say. */
  readonly tokenTypeHint?: string | undefined
  /** Further parameters a request would have, such as `resource`. */
  readonly parameters?: Readonly<Record<string, string>> | undefined
}

/** Find the protected resource, look up, authorize, shape. What fails is thrown, as the error of its step. */
export async function introspectInProcess(
  token: string,
  request: InProcessRequest,
  steps: Steps,
): Promise<IntrospectionResponse> {
  const introspection = toIntrospectionRequest(token, request)
  const protectedResource = await findProtectedResource(request.protectedResource, steps)
  const found = await findToken(introspection, steps.lookup)
  const authorized = await authorizeDisclosure(protectedResource, found, steps.authorization)
  const disclosure = await confirmActive(authorized, found, steps.lookup)
  const { response } = await shapeResponse(disclosure, protectedResource, steps.response)
  // The answer may be given again; whoever asked here may change theirs.
  return structuredClone(response)
}

/** The request a protected resource would have sent. */
export function toIntrospectionRequest(token: string, request: InProcessRequest): IntrospectionRequest {
  if (typeof token !== 'string' || token === '') throw new TypeError('token: must be a non-empty string')
  const group = new OptionGroup('', request, ['protectedResource', 'tokenTypeHint', 'parameters'])
  if (group.string('protectedResource') === undefined) throw group.error('protectedResource', 'is required')
  const tokenTypeHint = group.string('tokenTypeHint')
  const given = Object.entries(copyOptions('parameters', request.parameters))
  const wrong = given.find(([, value]) => typeof value !== 'string')
  if (wrong !== undefined) throw group.error(`parameters.${wrong[0]}`, 'must be a string')
  const parameters = new Form(given)
  return tokenTypeHint === undefined ? { token, parameters } : { token, tokenTypeHint, parameters }
}

/**
 * @throws TypeError for one that is not registered, ClientAuthenticationRegistrationError for one that is registered wrongly.
 */
export async function findProtectedResource(id: string, steps: Steps): Promise<ProtectedResource> {
  const { findRegistered, timeoutMs } = steps.clientAuthentication
  const protectedResource = await askDependency(
    () => findRegistered(id),
    timeoutMs,
    (cause) => new ClientAuthenticationRegistryError(REGISTRY_FAILED, { cause }),
  )
  if (!protectedResource) throw new TypeError(`protectedResource: ${JSON.stringify(id)} is not registered`)
  requireFaultless(protectedResource)
  return protectedResource
}
