/** Options of createIntrospectionHandler: documented, defaulted, read once. */
import {
  buildChallenge,
  type ClaimsSchema,
  DEFAULT_MAX_FORM_PARAMETERS,
  isIssuer,
  toNumericDate,
} from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import { audienceOrOwner, type DisclosurePolicy } from './authorization/authorize-disclosure.ts'
import {
  CLIENT_AUTHENTICATION_METHODS,
  type ClientAuthenticationMethod,
  type ClientAuthenticationStep,
} from './client-authentication/authenticate-client.ts'
import type { AcceptedBasicEncoding } from './client-authentication/client-secret-basic.ts'
import {
  type FindProtectedResource,
  type ProtectedResource,
  protectedResourceList,
} from './client-authentication/protected-resource.ts'
import type { FindRegistered, Registered } from './client-authentication/registered.ts'
import type { OnEvent } from './events.ts'
import type { Steps } from './handle-introspection.ts'
import type { TokenStore } from './lookup/token-store.ts'
import type { RequestStep } from './request/read-request.ts'

/** Step `request`: limits on what is read. */
export interface RequestOptions {
  /** Octets a body may have; more is 413 as soon as they have come. Default 32768, at least 256. */
  readonly maxBodyBytes?: number | undefined
  /** Parameters a form may have; more is 400. Default 64, at least 4. */
  readonly maxParameters?: number | undefined
}

/** Step `clientAuthentication`: who may call. Give exactly one of the two registries. */
export interface ClientAuthenticationOptions {
  /** Every protected resource that may call, when the list is fixed. */
  readonly protectedResources?: readonly ProtectedResource[] | undefined
  /** Finds a protected resource by its identifier, when they live elsewhere. A throw is answered 503. */
  readonly findProtectedResource?: FindProtectedResource | undefined
  /** The methods taken, by registered name. Default both. */
  readonly methods?: readonly ClientAuthenticationMethod[] | undefined
  /**
   * How Basic credentials are read. Default `form-then-raw`: form-decoded as RFC 6749 §2.3.1 says and, when that
   * differs, as they stand, counted as one attempt. `form` refuses callers that do not encode.
   */
  readonly basicEncoding?: AcceptedBasicEncoding | undefined
  /** The `realm` of the challenge every 401 carries. Default `token introspection`. */
  readonly realm?: string | undefined
}

/** Step `lookup`: where tokens are found. */
export interface LookupOptions<Claims extends object = object> {
  /** The token store. */
  readonly store: TokenStore<Claims>
}

/** Step `authorization`: who may know about a token. */
export interface AuthorizationOptions {
  /**
   * Decides whether a protected resource may know about a token. Default {@link audienceOrOwner}: the token's
   * audience is one of the protected resource's, or the token was issued to it.
   */
  readonly allow?: DisclosurePolicy | undefined
}

/** Step `response`. */
export interface ResponseOptions {
  /** `Retry-After` of a 503, in seconds. Default 1, from 0 to 3600. */
  readonly retryAfterSeconds?: number | undefined
}

/** Options of {@link createIntrospectionHandler}. */
export interface IntrospectionHandlerOptions<Claims extends object = object> {
  /** The issuer identifier of this authorization server, an https URL (RFC 8414 §2). It stands in every active answer. */
  readonly issuer: string
  /**
   * Allow an `http:` issuer on loopback, for development. Default `false`.
   *
   * Security: tokens and secrets cross the connection unprotected.
   */
  readonly allowHttpOnLoopback?: boolean | undefined
  readonly clientAuthentication: ClientAuthenticationOptions
  readonly lookup: LookupOptions<Claims>
  /** Extension claims as any Standard Schema; records that do not fit are answered 500, never half. */
  readonly claims?: ClaimsSchema<Claims> | undefined
  readonly request?: RequestOptions | undefined
  readonly authorization?: AuthorizationOptions | undefined
  readonly response?: ResponseOptions | undefined
  /** Told what happened, one event per request, with no token and no secret in it. */
  readonly onEvent?: OnEvent | undefined
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

/** The default of every option that has one. */
export const defaults = Object.freeze({
  allowHttpOnLoopback: false,
  request: Object.freeze({ maxBodyBytes: 32_768, maxParameters: DEFAULT_MAX_FORM_PARAMETERS }),
  clientAuthentication: Object.freeze({
    methods: CLIENT_AUTHENTICATION_METHODS,
    basicEncoding: 'form-then-raw',
    realm: 'token introspection',
  }),
  authorization: Object.freeze({ allow: audienceOrOwner }),
  response: Object.freeze({ retryAfterSeconds: 1 }),
} as const)

/** Reads the options once into what each step needs. */
export function resolveOptions<Claims extends object>(options: IntrospectionHandlerOptions<Claims>): Steps {
  const group = new OptionGroup('', options, [
    'issuer',
    'allowHttpOnLoopback',
    'clientAuthentication',
    'lookup',
    'claims',
    'request',
    'authorization',
    'response',
    'onEvent',
    'now',
  ])
  const issuer = group.string('issuer')
  const allowHttpOnLoopback = group.boolean('allowHttpOnLoopback', defaults.allowHttpOnLoopback)
  if (!isIssuer(issuer, { allowHttpOnLoopback })) {
    throw group.error('issuer', 'must be an https URL without query and fragment (RFC 8414 §2)')
  }
  const lookup = new OptionGroup('lookup', group.raw('lookup'), ['store'])
  const store = lookup.seam<TokenStore>('store', 'find')
  if (store === undefined) throw lookup.error('store', 'is required')
  const authorization = new OptionGroup('authorization', group.raw('authorization'), ['allow'])
  const now = group.function<() => number>('now') ?? Date.now
  const { challenge, ...clientAuthentication } = resolveClientAuthentication(group.raw('clientAuthentication'), {
    list: 'protectedResources',
    find: 'findProtectedResource',
    fromList: protectedResourceList,
    realm: defaults.clientAuthentication.realm,
  })
  return Object.freeze({
    request: resolveRequest(group.raw('request')),
    clientAuthentication,
    lookup: { store, now: () => toNumericDate(now()) },
    authorization: { allow: authorization.function<DisclosurePolicy>('allow') ?? defaults.authorization.allow },
    response: {
      issuer,
      claims: resolveClaims(group),
      challenge,
      retryAfterSeconds: resolveRetryAfterSeconds(group.raw('response')),
    },
    onEvent: group.function<OnEvent>('onEvent'),
  })
}

/** The limits of step `request`. */
export function resolveRequest(options: unknown): RequestStep {
  const group = new OptionGroup('request', options, ['maxBodyBytes', 'maxParameters'])
  return {
    maxBodyBytes: group.integer('maxBodyBytes', { default: defaults.request.maxBodyBytes, min: 256, max: 2 ** 24 }),
    maxParameters: group.integer('maxParameters', { default: defaults.request.maxParameters, min: 4, max: 4096 }),
  }
}

/** The one option that every endpoint's step `response` has. */
export function resolveRetryAfterSeconds(options: unknown): number {
  const group = new OptionGroup('response', options, ['retryAfterSeconds'])
  return group.integer('retryAfterSeconds', { default: defaults.response.retryAfterSeconds, min: 0, max: 3600 })
}

/** The registry of an endpoint: what its two options are called, and what makes a registry of a list. */
interface Registry<Caller extends Registered> {
  readonly list: string
  readonly find: string
  readonly fromList: (list: unknown, path: string) => FindRegistered<Caller>
  /** The realm unless another is given. */
  readonly realm: string
}

/** Step `clientAuthentication` of an endpoint, and the challenge for those who fail it. */
export function resolveClientAuthentication<Caller extends Registered>(
  options: unknown,
  { list, find, fromList, realm: defaultRealm }: Registry<Caller>,
): ClientAuthenticationStep<Caller> & { readonly challenge: string } {
  const group = new OptionGroup('clientAuthentication', options, [list, find, 'methods', 'basicEncoding', 'realm'])
  if (group.has(list) === group.has(find)) throw group.error(list, `give either this or ${find}`)
  const methods = group.strings('methods') ?? defaults.clientAuthentication.methods
  const unknown = methods.find((method) => !(CLIENT_AUTHENTICATION_METHODS as readonly string[]).includes(method))
  if (methods.length === 0 || unknown !== undefined) {
    throw group.error('methods', `must hold some of ${CLIENT_AUTHENTICATION_METHODS.join(', ')}`)
  }
  const realm = group.string('realm') ?? defaultRealm
  if (!/^[\x20-\x7e]*$/.test(realm)) throw group.error('realm', 'must be printable ASCII')
  return {
    findRegistered: group.function<FindRegistered<Caller>>(find) ?? fromList(group.raw(list), group.path(list)),
    methods: new Set(methods as ClientAuthenticationMethod[]),
    basicEncoding: group.oneOf('basicEncoding', ['form-then-raw', 'form'], defaults.clientAuthentication.basicEncoding),
    challenge: buildChallenge('Basic', { realm, charset: 'UTF-8' }),
  }
}

function resolveClaims(group: OptionGroup): ClaimsSchema | undefined {
  const claims = group.raw('claims') as ClaimsSchema | undefined
  if (claims !== undefined && typeof claims?.['~standard']?.validate !== 'function') {
    throw group.error('claims', 'must be a Standard Schema, such as z.object({ tenant: z.string() })')
  }
  return claims
}
