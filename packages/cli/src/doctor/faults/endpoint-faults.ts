/** Faults of step `endpoint`: something answers, and it is no introspection endpoint, or not now. */
import { shellWord } from '../../terminal/shell-word.ts'
import type { DoctorStep, Fault } from '../diagnosis.ts'

type Parts = Pick<Fault, 'found' | 'fix'> & Partial<Fault>

function endpointFault(name: string, parts: Parts): Fault {
  return {
    name,
    step: 'endpoint',
    side: 'resource_server',
    clause: 'RFC 7662 §2',
    command: undefined,
    isSure: true,
    ...parts,
  }
}

/** A request without credentials and without a token. A real endpoint answers 400 or 401. */
function knock(url: string): string {
  return `curl -sS -o /dev/null -w '%{http_code} %{content_type}\\n' -d token=x ${shellWord(url)}`
}

/** Creates the faults. */
export const endpointFaults = {
  page: (url: string, status: number, beginning: string): Fault =>
    endpointFault('html_at_endpoint', {
      found: `${url} answers ${status} with a page for people: ${beginning}`,
      fix: 'Correct the endpoint: this URL is a website, a login page, or a gateway that asks people to sign in. Let the gateway pass requests of this resource server.',
      clause: 'RFC 7662 §2.2',
      command: knock(url),
    }),
  redirect: (step: DoctorStep, url: string, status: number, target: string): Fault => {
    const to = describeTarget(target, url)
    return endpointFault('redirect', {
      step,
      found: `${url} answers ${status} and redirects to ${to}. The client never follows a redirect, because it would send token and secret to another place.`,
      fix: `If ${to} is the right place, configure it as it is. If it is a login page, let the gateway pass requests of this resource server.`,
      clause: 'RFC 7662 §4',
      command: knock(url),
    })
  },
  trailingSlash: (url: string, other: string, status: number): Fault =>
    endpointFault('trailing_slash', {
      found: `${url} answers ${status}, and ${other} is an introspection endpoint: they differ by the slash at the end.`,
      fix: `Set endpoint to '${other}'.`,
      command: knock(other),
    }),
  absent: (url: string, status: number): Fault =>
    endpointFault('no_endpoint_here', {
      found: `${url} answers ${status}, so there is no introspection endpoint at this path.`,
      fix: 'Correct the path of the endpoint. Give the issuer in place of the endpoint if the server publishes metadata: they name it.',
      command: knock(url),
    }),
  elsewhere: (url: string, status: number, named: string): Fault =>
    endpointFault('no_endpoint_here', {
      found: `${url} answers ${status}. The metadata name the introspection endpoint ${named}.`,
      fix: `Set endpoint to '${named}', or leave it out.`,
      clause: 'RFC 8414 §2',
      command: knock(named),
    }),
  userAgent: (url: string, seen: string): Fault =>
    endpointFault('firewall_wants_user_agent', {
      side: 'connection',
      found: `${new URL(url).origin} ${seen} to a request with the User-Agent of the client, and answers the same request with that of a browser.`,
      fix: "Have the firewall let this resource server pass. Until then, set transport.headers to { 'user-agent': … } with a value that it lets pass.",
      clause: 'RFC 9110 §10.1.5',
      command: `${knock(url)} -A token-introspection-client`,
    }),
  rateLimited: (step: DoctorStep, url: string, retryAfter: string | undefined): Fault =>
    endpointFault('rate_limited', {
      step,
      side: 'authorization_server',
      found: `${url} answers 429, so too many requests came from here${retryAfter === undefined ? '' : `. It asks for a pause (Retry-After: ${retryAfter})`}.`,
      fix: 'Set cache.maxAgeSeconds, so that the client asks less often, or have the limit raised for this resource server.',
      clause: 'RFC 6585 §4',
      command: knock(url),
    }),
  serverError: (step: DoctorStep, url: string, status: number): Fault =>
    endpointFault('server_error', {
      step,
      side: 'authorization_server',
      found: `${url} answers ${status}, so the server, or a gateway before it, is out of order.`,
      fix: 'See the log of the authorization server and of the gateway at this moment.',
      clause: 'RFC 9110 §15.6',
      command: knock(url),
      isSure: false,
    }),
  circuitOpen: (url: string): Fault =>
    endpointFault('circuit_open', {
      side: 'authorization_server',
      found: `The last requests of this client to ${url} failed one after the other, so its circuit is open, and guards answer 503 at once. The endpoint answers again now.`,
      fix: 'Nothing: the circuit closes with the next answer. The event circuit_changed says when it opened; see the log of the server at that time.',
      clause: undefined,
      command: knock(url),
    }),
} as const

/** Without query and credentials, which may hold what nobody else should see. */
function describeTarget(target: string, base: string): string {
  if (!URL.canParse(target, base)) return 'another place'
  const { protocol, origin, pathname } = new URL(target, base)
  return /^https?:$/.test(protocol) ? `${origin}${pathname}` : 'another place'
}
