/** Issues the token that the command `issue` asks for. */
import { digestToken } from '@token-introspection/server'
import type { TokenIssuer } from '@token-introspection/server/tokens'
import { toAudience } from '../authorization-server/to-audience.ts'
import type { ServedClient } from '../configuration/serve-configuration.ts'
import type { IssueAnswer, IssueCall } from './admin-messages.ts'
import { toServedToken } from './list-tokens.ts'

/** What is needed to issue. */
export interface IssueParts {
  readonly issuer: TokenIssuer
  readonly clients: readonly ServedClient[]
  readonly expiresInSeconds: number
}

/** The user of a token for which nobody names one. */
const SOMEBODY = 'alice'

/**
 * Issues a token.
 *
 * @throws TypeError that names the member that is wrong, such as a client that the server does not know.
 */
export async function issueToken(
  call: IssueCall,
  { issuer, clients, expiresInSeconds }: IssueParts,
): Promise<IssueAnswer> {
  const client = clientOf(call, clients)
  const { token, record, response } = await issuer.issue({
    client_id: client.id,
    sub: call.sub ?? SOMEBODY,
    username: call.username,
    aud: toAudience(call.aud ?? client.audiences),
    ...(call.scope && { scope: call.scope }),
    ...(call.jkt !== undefined && { cnf: { jkt: call.jkt } }),
    ...(call.claims !== undefined && { claims: call.claims }),
    expiresInSeconds: call.expiresInSeconds ?? expiresInSeconds,
    ...(call.refreshExpiresInSeconds !== undefined && {
      refreshToken: { expiresInSeconds: call.refreshExpiresInSeconds },
    }),
  })
  return {
    access_token: token,
    ...(response.refresh_token !== undefined && { refresh_token: response.refresh_token }),
    token: toServedToken({ id: await digestToken(token), record }),
  }
}

function clientOf({ client_id }: IssueCall, clients: readonly ServedClient[]): ServedClient {
  const client = client_id === undefined ? clients[0] : clients.find(({ id }) => id === client_id)
  if (client === undefined) {
    throw new TypeError(`client_id: the server has no such client; it has ${clients.map(({ id }) => id).join(', ')}`)
  }
  return client
}
