/** An API that takes DPoP-bound tokens, and a client that proves its key: every claim and header of a proof can be changed. */
import { createHash, randomUUID } from 'node:crypto'
import {
  type ClientPolicyOptions,
  clientSecretBasic,
  type DpopOptions,
  type GuardDecision,
  type GuardOptions,
  IntrospectionClient,
  type IntrospectionClientOptions,
  type Refusal,
} from '@token-introspection/client'
import { calculateJwkThumbprint, type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'

export const NOW = 1_764_000_000
export const ORIGIN = 'https://api.example.com'
export const PATH = '/orders'
export const TOKEN = 'Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU'
const AUDIENCE = 'https://orders.example.com'

/** The digest of a token (RFC 9449 §4.2). */
export function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

/** A key, and proofs by it. */
export interface Prover {
  readonly algorithm: string
  readonly privateKey: CryptoKey
  readonly jwk: JWK
  readonly jkt: string
  /** A proof for a request to {@link PATH} with {@link TOKEN}, but for what is changed. */
  prove(claims?: object, header?: object, signer?: Prover): Promise<string>
}

/** Makes one. */
export async function createProver(algorithm = 'ES256'): Promise<Prover> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true })
  const jwk = await exportJWK(publicKey)
  const prover: Prover = {
    algorithm,
    privateKey,
    jwk,
    jkt: await calculateJwkThumbprint(jwk),
    prove(claims = {}, header = {}, signer = prover) {
      const usual = { htm: 'GET', htu: `${ORIGIN}${PATH}`, ath: digestOf(TOKEN), iat: NOW, jti: randomUUID() }
      return new SignJWT({ ...usual, ...claims })
        .setProtectedHeader({ alg: signer.algorithm, typ: 'dpop+jwt', jwk, ...header })
        .sign(signer.privateKey)
    },
  }
  return prover
}

/** What an API is set up with. */
export interface ApiSettings {
  /** What the answer about the token says, besides that it is active and for this API. */
  readonly members?: object
  /** Over the origin of this API. */
  readonly dpop?: DpopOptions
  /** Instead of `dpop`. */
  readonly policy?: ClientPolicyOptions
  readonly guard?: GuardOptions
  readonly client?: Partial<IntrospectionClientOptions>
}

/** One guard, and a clock to move. */
export interface Api {
  readonly clock: { seconds: number }
  /** How often the authorization server was asked, and what with. */
  readonly asked: readonly Request[]
  /** Decides about a request with the token as `DPoP` and these proofs, to {@link PATH} unless told otherwise. */
  ask(proofs: string | readonly string[], request?: AskedRequest): Promise<GuardDecision>
}

/** What of a request is not as usual. */
export interface AskedRequest {
  readonly method?: string
  readonly url?: string
  readonly authorization?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Sets one up. */
export function createApi({ members = {}, dpop, policy, guard = {}, client = {} }: ApiSettings = {}): Api {
  const clock = { seconds: NOW }
  const asked: Request[] = []
  const introspection = new IntrospectionClient({
    endpoint: 'https://as.example.com/introspect',
    clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
    transport: {
      fetch: (url, init) => {
        asked.push(new Request(url, init))
        return Promise.resolve(Response.json({ active: true, aud: AUDIENCE, scope: 'orders:read', ...members }))
      },
    },
    policy: policy ?? { dpop: { origin: ORIGIN, ...dpop } },
    now: () => clock.seconds * 1000,
    ...client,
  })
  const decide = introspection.guard({ audience: AUDIENCE, ...guard })
  return {
    clock,
    asked,
    ask(proofs, { method = 'GET', url = `${ORIGIN}${PATH}`, authorization = `DPoP ${TOKEN}`, headers = {} } = {}) {
      const fields = new Headers({ authorization, ...headers })
      for (const proof of [proofs].flat()) fields.append('dpop', proof)
      return decide({ method, url, headers: fields })
    },
  }
}

/** What a decision comes to, in a word: `allowed`, or why not. */
export function outcomeOf(decision: GuardDecision): string {
  return decision.allowed ? 'allowed' : decision.reason
}

/** The refusal, or a failed test. */
export function refusalOf(decision: GuardDecision): Refusal {
  if (decision.allowed) throw new Error('the request was let through')
  return decision
}
