/** Finds out why no complete answer came. */
import { type CheckFailed, TransportTimeoutError } from '@token-introspection/client'
import { errorCodeOf } from '../../connection/error-code.ts'
import type { SentRequest } from '../../connection/exchange.ts'
import type { Fault } from '../diagnosis.ts'
import { connectionFaults as faults } from '../faults/connection-faults.ts'
import { endpointFaults } from '../faults/endpoint-faults.ts'
import type { Outcome, Patient } from '../patient/patient.ts'
import { BROWSER } from './find-endpoint-fault.ts'
import { isFromEndpoint } from './read-answer.ts'
import { vary } from './questions.ts'

/** Codes for a certificate of an unknown authority. */
const UNKNOWN_AUTHORITY = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])
const UNKNOWN_NAME = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME'])
/** Codes for an answer that did not come in time. The last two: the doctor has closed the connections at its deadline. */
const LATE = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'ETIMEDOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_DESTROYED',
  'ABORT_ERR',
])
/** Codes for a server that speaks no TLS. */
const NO_TLS = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_HTTP_REQUEST',
  'EPROTO',
])
/** What the page of nginx says with status 400, when a client certificate is missing, and when the request came by http. */
const NO_CERTIFICATE = 'No required SSL certificate was sent'
const PLAIN_TO_TLS = 'plain HTTP request was sent to HTTPS port'
/** The status by which a proxy says that it let nothing pass. */
const PROXY_STATUSES = new Set([403, 407, 502, 503, 504])

/** The fault, if the check failed without an answer, or with the answer of a proxy. */
export async function findConnectionFault({ side, error }: CheckFailed, patient: Patient): Promise<Fault | undefined> {
  const failed = patient.exchanges.at(-1)
  const status = failed?.answer?.status
  const url = failed?.request.url ?? patient.endpoint ?? patient.issuer
  if (url === undefined) return undefined
  if (failed?.answer?.status === 400) {
    if (failed.answer.body.includes(NO_CERTIFICATE)) return faults.certificateRequired(url, 'status 400')
    if (failed.answer.body.includes(PLAIN_TO_TLS)) return faults.plainToTlsPort(url)
  }
  const proxy = patient.proxyFor(url)
  const isOfProxy = proxy?.isUsed === true && status !== undefined && PROXY_STATUSES.has(status)
  if (side !== 'connection' && !isOfProxy) return undefined
  const code = error instanceof TransportTimeoutError ? 'ETIMEDOUT' : (errorCodeOf(error) ?? 'UNKNOWN')
  const byProxy = proxy && (await findProxyFault(proxy, url, failed?.request, isOfProxy, patient))
  return byProxy ?? (isOfProxy ? undefined : await faultByCode(code, url, failed?.request, patient))
}

/** What the server says to a simple request for its root. */
function greeting(url: string): SentRequest {
  return { method: 'GET', url, headers: { accept: '*/*' }, body: '' }
}

async function findProxyFault(
  proxy: { readonly origin: string; readonly isUsed: boolean },
  url: string,
  request: SentRequest | undefined,
  isOfProxy: boolean,
  patient: Patient,
): Promise<Fault | undefined> {
  const other = await patient.probe(
    request?.method === 'GET' ? request : greeting(new URL(url).origin),
    proxy.isUsed ? 'direct' : 'proxy',
  )
  const isReached = other?.answer !== undefined && (proxy.isUsed || !PROXY_STATUSES.has(other.answer.status))
  if (!proxy.isUsed) return isReached ? faults.proxyNeeded(url, proxy.origin) : undefined
  if (!isReached) return isDirectlyUnreachable(other) ? faults.proxyRefuses(url, proxy.origin) : undefined
  // The server itself may give the same status.
  return isOfProxy && other.answer.status >= 500 ? undefined : faults.proxyInTheWay(url, proxy.origin)
}

function isDirectlyUnreachable(outcome: Outcome | undefined): boolean {
  return outcome?.code !== undefined && !UNKNOWN_AUTHORITY.has(outcome.code)
}

async function faultByCode(
  code: string,
  url: string,
  request: SentRequest | undefined,
  patient: Patient,
): Promise<Fault> {
  if (UNKNOWN_AUTHORITY.has(code)) return faults.privateAuthority(url, code)
  if (UNKNOWN_NAME.has(code)) return faults.unknownName(url)
  if (code === 'CERT_HAS_EXPIRED') return faults.expiredCertificate(url)
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return faults.otherName(url)
  if (code === 'ECONNREFUSED') return faults.refused(url)
  if (LATE.has(code)) return faults.late(url)
  if (/^ERR_SSL_.*(?:CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|HANDSHAKE_FAILURE)$/.test(code)) {
    return faults.certificateRequired(url, code)
  }
  const { protocol, host } = new URL(url)
  if (protocol === 'https:' && NO_TLS.has(code)) return faults.tlsToPlainPort(url)
  if (protocol === 'http:') {
    const secure = await patient.probe(greeting(`https://${host}/`))
    if (secure?.answer !== undefined || (secure !== undefined && isCertificateFault(secure.code)))
      return faults.plainToTlsPort(url)
  }
  if (request?.method === 'POST') {
    const asked = await patient.probe(await vary(request, patient, { userAgent: BROWSER }))
    if (isFromEndpoint(asked?.answer)) return endpointFaults.userAgent(url, `broke the connection (${code})`)
  }
  return faults.reset(url, code)
}

/** Such a fault comes only from a server that speaks TLS. */
function isCertificateFault(code: string | undefined): boolean {
  return (
    code !== undefined &&
    (UNKNOWN_AUTHORITY.has(code) || code === 'CERT_HAS_EXPIRED' || code === 'ERR_TLS_CERT_ALTNAME_INVALID')
  )
}
