/** Faults of step `connection`: no complete answer came. */
import { shellWord } from '../../terminal/shell-word.ts'
import type { Fault } from '../diagnosis.ts'

type Parts = Pick<Fault, 'found' | 'fix'> & Partial<Fault>

function connectionFault(name: string, parts: Parts): Fault {
  return {
    name,
    step: 'connection',
    side: 'resource_server',
    clause: undefined,
    command: undefined,
    isSure: true,
    ...parts,
  }
}

/** The address of a URL, as `openssl s_client -connect` wants it. */
function addressOf(url: string): string {
  const { hostname, port, protocol } = new URL(url)
  return `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`
}

function originOf(url: string): string {
  return new URL(url).origin
}

/** Creates the faults. */
export const connectionFaults = {
  plainHttp: (url: string): Fault =>
    connectionFault('plain_http', {
      found: `${url} is http, so token and secret would cross the network unprotected. Nothing was sent.`,
      fix: `Use ${url.replace(/^http:/, 'https:')}. If this is a network that you trust, list the origin in transport.allowHttpOrigins; on the command line, give --dangerously-allow-http.`,
      clause: 'RFC 7662 §4',
      command: `curl -sSI ${shellWord(url.replace(/^http:/, 'https:'))}`,
    }),
  unknownName: (url: string): Fault =>
    connectionFault('unknown_name', {
      found: `No address is known for ${new URL(url).hostname}.`,
      fix: 'Correct the host in the issuer or endpoint. If only a proxy knows the name, set transport.proxy.',
      command: `getent hosts ${shellWord(new URL(url).hostname)}`,
    }),
  refused: (url: string): Fault =>
    connectionFault('refused', {
      side: 'connection',
      found: `Nothing listens at ${addressOf(url)}.`,
      fix: 'Correct host and port, or start the authorization server. In a container, localhost is the container itself.',
      command: `curl -sSI ${shellWord(originOf(url))}`,
    }),
  late: (url: string): Fault =>
    connectionFault('late', {
      side: 'connection',
      found: `No complete answer came from ${originOf(url)} in time.`,
      fix: 'See whether a firewall drops the packets or the server is slow. If it is only slow, give --deadline, and raise transport.deadlineMs.',
      command: `curl -sS -o /dev/null -w '%{time_connect} %{time_total}\\n' ${shellWord(originOf(url))}`,
      isSure: false,
    }),
  reset: (url: string, code: string): Fault =>
    connectionFault('reset', {
      side: 'connection',
      found: `${originOf(url)} broke the connection before its answer was complete (${code}).`,
      fix: `See the log of the server and of what stands before it: a firewall, a gateway, or a time limit breaks the connection.${url.startsWith('https:') ? ' A server that requires a client certificate may do so, too.' : ''}`,
      command: `curl -sSv -o /dev/null ${shellWord(originOf(url))}`,
      isSure: false,
    }),
  unreachable: (found: string): Fault =>
    connectionFault('unreachable', {
      side: 'connection',
      found,
      fix: 'See whether the server runs and is reachable from this machine.',
      isSure: false,
    }),
  privateAuthority: (url: string, code: string): Fault =>
    connectionFault('private_authority', {
      found: `The certificate of ${originOf(url)} is from an authority that this process does not trust (${code}).`,
      fix: 'Give the certificate of that authority as transport.tls.ca; on the command line, as --ca-file. Do not switch verification off.',
      clause: 'RFC 7662 §4',
      command: `openssl s_client -connect ${shellWord(addressOf(url))} -showcerts </dev/null`,
    }),
  expiredCertificate: (url: string): Fault =>
    connectionFault('expired_certificate', {
      side: 'authorization_server',
      found: `The certificate of ${originOf(url)} has expired, by the clock of this machine.`,
      fix: 'Renew the certificate. If it is still valid, set the clock of this machine.',
      clause: 'RFC 5280 §4.1.2.5',
      command: `openssl s_client -connect ${shellWord(addressOf(url))} </dev/null | openssl x509 -noout -dates`,
    }),
  otherName: (url: string): Fault =>
    connectionFault('certificate_for_another_name', {
      found: `The certificate of ${originOf(url)} is for another name.`,
      fix: `Use the name that the certificate is for, or have it issued for ${new URL(url).hostname}, too.`,
      clause: 'RFC 9525 §6',
      command: `openssl s_client -connect ${shellWord(addressOf(url))} </dev/null | openssl x509 -noout -ext subjectAltName`,
    }),
  tlsToPlainPort: (url: string): Fault =>
    connectionFault('tls_to_plain_port', {
      found: `${addressOf(url)} speaks http, and the URL says https.`,
      fix: 'Use the port on which the server speaks https. If this is a network that you trust, change the URL to http, and list its origin in transport.allowHttpOrigins.',
      clause: 'RFC 7662 §4',
      command: `curl -sSI ${shellWord(`http://${addressOf(url)}`)}`,
    }),
  plainToTlsPort: (url: string): Fault =>
    connectionFault('plain_to_tls_port', {
      found: `${addressOf(url)} speaks https, and the URL says http.`,
      fix: 'Change http to https in the URL.',
      clause: 'RFC 7662 §4',
      command: `curl -sSI ${shellWord(`https://${addressOf(url)}`)}`,
    }),
  certificateRequired: (url: string, code: string): Fault =>
    connectionFault('client_certificate_required', {
      found: `${originOf(url)} wants a client certificate, or refuses this one (${code}).`,
      fix: 'Give the certificate as transport.tls.cert and transport.tls.key; on the command line, as --certificate-file and --certificate-key-file.',
      clause: 'RFC 8705 §2',
      command: `openssl s_client -connect ${shellWord(addressOf(url))} </dev/null`,
    }),
  proxyNeeded: (url: string, proxy: string): Fault =>
    connectionFault('proxy_needed', {
      found: `${originOf(url)} is reachable by the proxy ${proxy} of the environment, and not without it. The client does not use the proxy.`,
      fix: "Set transport.proxy to 'environment'.",
      command: `curl -sSI -x ${shellWord(proxy)} ${shellWord(originOf(url))}`,
    }),
  proxyInTheWay: (url: string, proxy: string): Fault =>
    connectionFault('proxy_in_the_way', {
      found: `${originOf(url)} is reachable without the proxy ${proxy} of the environment, and not by it.`,
      fix: `Add ${new URL(url).hostname} to NO_PROXY, or leave out transport.proxy.`,
      command: `curl -sSI --noproxy '*' ${shellWord(originOf(url))}`,
    }),
  proxyRefuses: (url: string, proxy: string): Fault =>
    connectionFault('proxy_refuses', {
      side: 'connection',
      found: `The proxy ${proxy} of the environment lets no request to ${originOf(url)} pass, and without it the server is not reachable.`,
      fix: 'See the log of the proxy: it may want credentials in its URL, or not allow this host.',
      command: `curl -sSI -x ${shellWord(proxy)} ${shellWord(originOf(url))}`,
      isSure: false,
    }),
} as const
