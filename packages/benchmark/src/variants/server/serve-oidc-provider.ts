/** oidc-provider, introspection of opaque tokens kept in memory, as its variants share it. */
import type { RequestListener } from 'node:http'
import { exportJWK, generateKeyPair } from 'jose'
import { answerMembers, CLIENT_ID, CLIENT_SECRET, EXTENSION_CLAIMS, ISSUER, TOKEN_COUNT } from '../../fixture.ts'
import { serveRequests, type ServerVariant } from '../../measure/serve-requests.ts'
import { JWT_MEDIA_TYPE } from './create-signing-handler.ts'

/** What it is made to sign with. */
type SigningAlg = 'ES256' | 'RS256'

/** What is used of oidc-provider, which has no declarations of its own. */
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

/** Its own memory adapter keeps a thousand entries; this one keeps them all and does less. */
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
    // It wants a key for RS256 besides, for the ID tokens nobody asks for here.
    ...(signingAlg !== undefined && { jwks: { keys: [await createKey('RS256'), await createKey('ES256')] } }),
    enabledJWA: { introspectionSigningAlgValues: ['RS256', 'ES256'] },
    clients: [
      { ...client(CLIENT_ID, CLIENT_SECRET), introspection_signed_response_alg: signingAlg },
      // The client the tokens are issued to is another than the one that asks, as with our handler.
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

/** Turns a child program into an oidc-provider, whose answers are signed when an algorithm is given. */
export function serveOidcProvider(signingAlg?: SigningAlg): void {
  serveRequests(() => createProvider(signingAlg))
}

async function createProvider(signingAlg: SigningAlg | undefined): Promise<ServerVariant> {
  // It gives advice on every default it is started with.
  console.info = console.warn = () => undefined
  const specifier = 'oidc-provider'
  const { Provider } = (await import(specifier)) as OidcProviderModule
  const provider = new Provider(ISSUER, await configure(signingAlg))
  const owner = await provider.Client.find(client_id)
  const tokens: string[] = []
  while (tokens.length < TOKEN_COUNT) {
    // A token of a user comes from a grant, which is looked up with it.
    const grantId = await new provider.Grant({ clientId: client_id, accountId: sub, exp }).save()
    const token = new provider.AccessToken({ client: owner, accountId: sub, grantId, aud, scope, exp, iat })
    tokens.push(await token.save())
  }
  const accept = signingAlg === undefined ? 'application/json' : JWT_MEDIA_TYPE
  return { path: '/token/introspection', tokens, accept, listener: provider.callback() }
}
