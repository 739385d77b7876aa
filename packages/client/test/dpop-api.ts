/**
 * An API that accepts DPoP-bound tokens, and a client that proves its key. A test can change every claim and header of
 * a proof.
 */
import { createHash, randomUUID } from 'node:crypto'
import {
  type ClientPolicyOptions,
  clientSecretBasic,
  type DpopOptions,
  type GuardDecision,
  type GuardOptions,
  type GuardRequest,
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

/** A key, and proofs signed with it. */
export interface Prover {
  readonly algorithm: string
  readonly privateKey: CryptoKey
  readonly jwk: JWK
  readonly jkt: string
  /** A proof for a request to {@link PATH} with {@link TOKEN}, with the given changes. */
  prove(claims?: object, header?: object, signer?: Prover): Promise<string>
}

/** Creates a prover with a new key. */
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

/** The options of the API. */
export interface ApiSettings {
  /** Members of the answer about the token, in addition to those of an active token for this API. */
  readonly members?: object
  /** Options for `dpop`, in addition to the origin of this API. */
  readonly dpop?: DpopOptions
  /** A whole `dpop` option, in place of the default. */
  readonly policy?: ClientPolicyOptions
  readonly guard?: GuardOptions
  readonly client?: Partial<IntrospectionClientOptions>
}

/** One guard, with a clock that the test can move. */
export interface Api {
  readonly clock: { seconds: number }
  /** The requests that the authorization server received. */
  readonly asked: readonly Request[]
  /** Decides about a request with the token as `DPoP` and these proofs. The request goes to {@link PATH} by default. */
  ask(proofs: string | readonly string[], request?: AskedRequest): Promise<GuardDecision>
}

/** The parts of the request that differ from the default. */
export interface AskedRequest {
  readonly method?: string
  readonly url?: string
  readonly authorization?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly requiredScope?: GuardRequest['requiredScope']
}

/** Creates the API. */
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
    ask(
      proofs,
      { method = 'GET', url = `${ORIGIN}${PATH}`, authorization = `DPoP ${TOKEN}`, headers = {}, requiredScope } = {},
    ) {
      const fields = new Headers({ authorization, ...headers })
      for (const proof of [proofs].flat()) fields.append('dpop', proof)
      return decide({ method, url, headers: fields, requiredScope })
    },
  }
}

/** A decision in one word: `allowed`, or the reason of the refusal. */
export function outcomeOf(decision: GuardDecision): string {
  return decision.allowed ? 'allowed' : decision.reason
}

/** The refusal. The test fails when the request was allowed. */
export function refusalOf(decision: GuardDecision): Refusal {
  if (decision.allowed) throw new Error('the request was let through')
  return decision
}
