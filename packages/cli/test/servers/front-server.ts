/** A server before a real authorization server. It passes everything on, except for what a test has it do differently. */
import { encodeBasicCredentials } from '@token-introspection/core'
import { Agent, request as send } from 'undici'
import { type CameRequest, type CannedAnswer, type CannedServer, startCannedServer } from './canned-server.ts'
import { isCaller } from './model-server.ts'

/** The real server. */
export interface RealServer {
  readonly issuer: string
  /** A caller that it knows. The front has its own caller in its place. */
  readonly caller: { readonly id: string; readonly secret: string }
  /** The authority of its certificate. */
  readonly ca?: string
}

/** What the front does differently. */
export interface FrontBehaviour {
  /** Answers in place of the real server, where it returns something. */
  readonly instead?: (request: CameRequest, url: string) => CannedAnswer | undefined
  /** Which requests have the credentials of the caller. */
  readonly accepts?: (request: CameRequest, url: string) => boolean
  /** Changes the members of a document of the real server. */
  readonly change?: (members: Record<string, unknown>, request: CameRequest) => object
}

/** Starts the front. Its issuer is that of the real server, with its own origin. */
export async function startFrontServer(
  { issuer, caller, ca }: RealServer,
  { instead, accepts = isCaller, change }: FrontBehaviour = {},
): Promise<CannedServer & { readonly issuer: string }> {
  const { origin } = new URL(issuer)
  const agent = new Agent(ca === undefined ? {} : { connect: { ca } })
  let url = ''
  async function passOn(request: CameRequest): Promise<CannedAnswer> {
    const isPost = request.method === 'POST'
    const secret = accepts(request, url) ? caller.secret : 'a-wrong-secret'
    const form = new URLSearchParams(request.body)
    for (const name of ['client_id', 'client_secret']) form.delete(name)
    const answer = await send(origin + (request.url ?? '').replaceAll(url, origin), {
      dispatcher: agent,
      method: isPost ? 'POST' : 'GET',
      headers: {
        accept: request.headers.accept ?? 'application/json',
        ...(isPost && {
          'content-type': 'application/x-www-form-urlencoded',
          authorization: encodeBasicCredentials({ clientId: caller.id, clientSecret: secret }),
        }),
      },
      body: isPost ? form.toString() : null,
    })
    const headers = { 'content-type': String(answer.headers['content-type'] ?? '') }
    const body = (await answer.body.text()).replaceAll(origin, url)
    if (change === undefined || answer.statusCode !== 200) return { status: answer.statusCode, headers, body }
    return { headers, body: JSON.stringify(change(JSON.parse(body) as Record<string, unknown>, request)) }
  }

  const server = await startCannedServer((request) => instead?.(request, url) ?? passOn(request))
  ;({ url } = server)
  return {
    ...server,
    issuer: issuer.replace(origin, url),
    async close() {
      await server.close()
      await agent.destroy()
    },
  }
}
