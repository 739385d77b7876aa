/** The types that a program without Node's types sees. */
import {
  type ClientAuthentication,
  clientSecretBasic,
  type GuardDecision,
  IntrospectionClient,
  type IntrospectionResult,
  isIntrospectionError,
  type Send,
} from '@token-introspection/client'
import {
  activeIntrospectionResponseSchema,
  type ClaimsSchema,
  parseIntrospectionResponse,
} from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import { createIntrospectionHandler, type TokenRecord, type TokenStore } from '@token-introspection/server'
import { createFakeAuthorizationServer, wireVectors } from '@token-introspection/testing'

interface Claims {
  readonly tenant: string
}

const claims: ClaimsSchema<Claims> = {
  '~standard': { version: 1, vendor: 'example', validate: (value) => ({ value: value as Claims }) },
}

const authentication: ClientAuthentication = clientSecretBasic('orders-api', 's3cr3t')
const send: Send = () => Promise.resolve({ status: 200, header: () => undefined, body: new Uint8Array() })

export const introspection: IntrospectionClient<Claims> = new IntrospectionClient({
  issuer: 'https://as.example.com',
  clientAuthentication: authentication,
  claims,
  transport: { send },
})

export async function tenantOf(request: Request): Promise<string | Response> {
  const decision: GuardDecision<Claims> = await introspection.guard({ audience: false })(request)
  return decision.allowed ? decision.token.tenant : decision.toResponse()
}

export async function describe(token: string): Promise<string> {
  try {
    const result: IntrospectionResult<Claims> = await introspection.introspect(token)
    // @ts-expect-error -- the answer must be narrowed first
    void result.tenant
    return result.active ? `${result.tenant} ${result.sub ?? ''}` : 'inactive'
  } catch (error) {
    return isIntrospectionError(error) ? error.code : 'unknown'
  }
}

const store: TokenStore<Claims> = {
  find: (): TokenRecord<Claims> => ({ kind: 'access_token', claims: { tenant: 'acme' } }),
}

export const handler: (request: Request) => Promise<Response> = createIntrospectionHandler({
  issuer: 'https://as.example.com',
  clientAuthentication: { protectedResources: [{ id: 'a', clientSecrets: ['b'], audiences: ['c'] }] },
  lookup: { store },
})

// @ts-expect-error -- an unknown option
createIntrospectionHandler({ isuer: 'https://as.example.com' })

export const parsed = parseIntrospectionResponse('{"active":false}')
export const schema: { readonly _zod: unknown } = activeIntrospectionResponseSchema
export const group = new OptionGroup('', {}, [])
export const fake: { readonly fetch: (input: string) => Promise<Response> } = createFakeAuthorizationServer()
export const vectors: readonly string[] = wireVectors.notActive
