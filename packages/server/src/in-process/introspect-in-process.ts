/** SPINE: introspects a token inside the authorization server, without HTTP, credentials and budgets. */
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

/** The protected resource to answer for, and what its request would say beside the token. */
export interface InProcessRequest {
  /** The identifier of the protected resource. The answer is the one that it would get. */
  readonly protectedResource: string
  /** The value of `token_type_hint`. */
  readonly tokenTypeHint?: string | undefined
  /** Further parameters of the request, such as `resource`. A list is a repeated parameter. */
  readonly parameters?: Readonly<Record<string, string | readonly string[]>> | undefined
}

/** Finds the protected resource, looks up, authorizes and shapes. A failure throws the error of its step. */
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
  // The same answer may be returned again, so the caller gets a copy that it can change.
  return structuredClone(response)
}

/** The request that a protected resource would send. */
export function toIntrospectionRequest(token: string, request: InProcessRequest): IntrospectionRequest {
  if (typeof token !== 'string' || token === '') throw new TypeError('token: must be a non-empty string')
  const group = new OptionGroup('', request, ['protectedResource', 'tokenTypeHint', 'parameters'])
  if (group.string('protectedResource') === undefined) throw group.error('protectedResource', 'is required')
  const tokenTypeHint = group.string('tokenTypeHint')
  const parameters = new Form(readParameters(request.parameters, group))
  return tokenTypeHint === undefined ? { token, parameters } : { token, tokenTypeHint, parameters }
}

function readParameters(given: InProcessRequest['parameters'], group: OptionGroup): [name: string, value: string][] {
  return Object.entries(copyOptions('parameters', given)).flatMap(([name, value]) =>
    [value].flat().map((one: unknown): [string, string] => {
      if (typeof one !== 'string') throw group.error(`parameters.${name}`, 'must be a string or a list of strings')
      return [name, one]
    }),
  )
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
