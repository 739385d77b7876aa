/** Signs in with an authorization code and PKCE (RFC 7636). The access token stays in memory: a reload signs in again. */

/** The bundler replaces these. */
declare const ISSUER: string
declare const CLIENT_ID: string

const PENDING = 'sign-in'
const redirectUri = `${location.origin}/`

interface Pending {
  readonly verifier: string
  readonly state: string
}

/** Sends the browser to the login form of the authorization server. */
export async function signIn(): Promise<void> {
  const pending: Pending = { verifier: randomText(), state: randomText() }
  sessionStorage.setItem(PENDING, JSON.stringify(pending))
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(pending.verifier))
  const url = new URL(`${ISSUER}/authorize`)
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: CLIENT_ID,
    redirect_uri: redirectUri,
    state: pending.state,
    code_challenge: toBase64url(new Uint8Array(digest)),
    code_challenge_method: 'S256',
  }).toString()
  location.assign(url)
}

/** Redeems the code in the address of the page. @returns the access token, or `undefined` when nobody has signed in. */
export async function finishSignIn(): Promise<string | undefined> {
  const { searchParams } = new URL(location.href)
  const { verifier, state } = JSON.parse(sessionStorage.getItem(PENDING) ?? '{}') as Partial<Pending>
  const code = searchParams.get('code')
  sessionStorage.removeItem(PENDING)
  // The code is good once, so it need not stay in the history.
  history.replaceState(null, '', redirectUri)
  if (code === null || verifier === undefined) return undefined
  // Somebody else may have begun this sign-in, or another server may have answered (RFC 9207).
  if (searchParams.get('state') !== state || searchParams.get('iss') !== ISSUER) return undefined
  const response = await fetch(`${ISSUER}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: CLIENT_ID,
      redirect_uri: redirectUri,
      code,
      code_verifier: verifier,
    }),
  })
  return response.ok ? ((await response.json()) as { access_token: string }).access_token : undefined
}

function randomText(): string {
  return toBase64url(crypto.getRandomValues(new Uint8Array(32)))
}

function toBase64url(octets: Uint8Array): string {
  return btoa(String.fromCharCode(...octets))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
