/** A peer: oidc-provider, introspection of opaque tokens kept in memory. */
import type { RequestListener } from 'node:http'
import { answerMembers, CLIENT_ID, CLIENT_SECRET, EXTENSION_CLAIMS, ISSUER, TOKEN_COUNT } from '../../fixture.ts'
import { serveRequests } from '../../measure/serve-requests.ts'

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

function configure(): object {
  return {
    adapter: MapAdapter,
    clients: [
      client(CLIENT_ID, CLIENT_SECRET),
      // The client the tokens are issued to is another than the one that asks, as with our handler.
      client(client_id, `${CLIENT_SECRET}-2`),
    ],
    scopes: scope.split(' '),
    features: { introspection: { enabled: true, allowedPolicy: () => true }, devInteractions: { enabled: false } },
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

serveRequests(async () => {
  // It gives advice on every default it is started with.
  console.info = console.warn = () => undefined
  const specifier = 'oidc-provider'
  const { Provider } = (await import(specifier)) as OidcProviderModule
  const provider = new Provider(ISSUER, configure())
  const owner = await provider.Client.find(client_id)
  const tokens: string[] = []
  while (tokens.length < TOKEN_COUNT) {
    // A token of a user comes from a grant, which is looked up with it.
    const grantId = await new provider.Grant({ clientId: client_id, accountId: sub, exp }).save()
    const token = new provider.AccessToken({ client: owner, accountId: sub, grantId, aud, scope, exp, iat })
    tokens.push(await token.save())
  }
  return { path: '/token/introspection', tokens, listener: provider.callback() }
})
