/** oidc-provider, which introspects opaque tokens in memory. Several variants share this code. */
import type { RequestListener } from 'node:http'
import { exportJWK, generateKeyPair } from 'jose'
import { answerMembers, CLIENT_ID, CLIENT_SECRET, EXTENSION_CLAIMS, ISSUER, TOKEN_COUNT } from '../../fixture.ts'
import { serveRequests, type ServerVariant } from '../../measure/serve-requests.ts'
import { JWT_MEDIA_TYPE } from './create-signing-handler.ts'

/** The algorithms for signed answers. */
type SigningAlg = 'ES256' | 'RS256'

/** The parts of oidc-provider that we use. It has no type declarations. */
interface OidcProviderModule {
  readonly Provider: new (issuer: string, configuration: object) => Provider
}

interface Provider {
  readonly Client: { find(id: string): Promise<object> }
  readonly AccessToken: Model
  readonly Grant: Model
  callback(): RequestListener
}

type Model = new (properties: object) => { save(): Promise<string> }

/** An adapter for storage. The one of oidc-provider keeps a thousand entries. This one keeps all, and does less work. */
class MapAdapter {
  readonly #payloads = new Map<string, object>()

  upsert(id: string, payload: object): Promise<void> {
    this.#payloads.set(id, payload)
    return Promise.resolve()
  }

  find(id: string): Promise<object | undefined> {
    return Promise.resolve(this.#payloads.get(id))
  }
}

const { scope, client_id, exp, iat, sub, aud, ...others } = answerMembers()

async function configure(signingAlg: SigningAlg | undefined): Promise<object> {
  return {
    adapter: MapAdapter,
    // oidc-provider also requires a key for RS256, for ID tokens that this benchmark never requests.
    ...(signingAlg !== undefined && { jwks: { keys: [await createKey('RS256'), await createKey('ES256')] } }),
    enabledJWA: { introspectionSigningAlgValues: ['RS256', 'ES256'] },
    clients: [
      { ...client(CLIENT_ID, CLIENT_SECRET), introspection_signed_response_alg: signingAlg },
      // The client of the tokens differs from the caller, as in the variant of our handler.
      client(client_id, `${CLIENT_SECRET}-2`),
    ],
    scopes: scope.split(' '),
    features: {
      introspection: { enabled: true, allowedPolicy: () => true },
      jwtIntrospection: { enabled: signingAlg !== undefined },
      devInteractions: { enabled: false },
    },
    extraTokenClaims: () => ({ ...others, ...EXTENSION_CLAIMS }),
    ttl: { AccessToken: 86_400 },
  }
}

function client(id: string, secret: string): object {
  return {
    client_id: id,
    client_secret: secret,
    grant_types: [],
    response_types: [],
    redirect_uris: [],
  }
}

async function createKey(alg: SigningAlg): Promise<object> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  return { ...(await exportJWK(privateKey)), alg, kid: alg, use: 'sig' }
}

/** Turns the process into a child program with oidc-provider. With an algorithm its answers are signed. */
export function serveOidcProvider(signingAlg?: SigningAlg): void {
  serveRequests(() => createProvider(signingAlg))
}

async function createProvider(signingAlg: SigningAlg | undefined): Promise<ServerVariant> {
  // oidc-provider prints advice about every default.
  console.info = console.warn = () => undefined
  const specifier = 'oidc-provider'
  const { Provider } = (await import(specifier)) as OidcProviderModule
  const provider = new Provider(ISSUER, await configure(signingAlg))
  const owner = await provider.Client.find(client_id)
  const tokens: string[] = []
  while (tokens.length < TOKEN_COUNT) {
    // oidc-provider looks up the grant of a user's token together with the token.
    const grantId = await new provider.Grant({ clientId: client_id, accountId: sub, exp }).save()
    const token = new provider.AccessToken({ client: owner, accountId: sub, grantId, aud, scope, exp, iat })
    tokens.push(await token.save())
  }
  const accept = signingAlg === undefined ? 'application/json' : JWT_MEDIA_TYPE
  return { path: '/token/introspection', tokens, accept, listener: provider.callback() }
}
