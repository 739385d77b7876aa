/** Finds out why the place that answers is no introspection endpoint. */
import type { CheckFailed } from '@token-introspection/client'
import type { ReceivedAnswer, SentRequest } from '../../connection/exchange.ts'
import type { Fault } from '../diagnosis.ts'
import { endpointFaults as faults } from '../faults/endpoint-faults.ts'
import type { Patient } from '../patient/patient.ts'
import { lastQuestion, vary } from './questions.ts'
import { beginningOf, isFromEndpoint, isPage, jsonOf } from './read-answer.ts'

/** What many firewalls let pass. */
export const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'

const ABSENT = new Set([404, 405, 410, 501])

/** The fault, if the answer did not come from an introspection endpoint. */
export async function findEndpointFault(_: CheckFailed, patient: Patient): Promise<Fault | undefined> {
  const asked = lastQuestion(patient)
  if (asked?.answer === undefined || isFromEndpoint(asked.answer)) return undefined
  const { request, answer } = asked
  const { status } = answer
  if (status === 429) return faults.rateLimited('endpoint', request.url, answer.headers['retry-after'])
  const isOdd =
    isPage(answer) || ABSENT.has(status) || (status >= 300 && status < 400) || status === 403 || status === 406
  if (!isOdd) return status >= 500 ? faults.serverError('endpoint', request.url, status) : undefined
  return (
    (await findUserAgentFault(request, answer, patient)) ??
    (await findSlashFault(request, status, patient)) ??
    (await findPathFault(request, status, patient)) ??
    describeOddity(request.url, answer, patient)
  )
}

/** Firewalls refuse with 403 or 406, or with a page. */
async function findUserAgentFault(
  request: SentRequest,
  answer: ReceivedAnswer,
  patient: Patient,
): Promise<Fault | undefined> {
  if (answer.status !== 403 && answer.status !== 406 && !isPage(answer)) return undefined
  const other = await patient.probe(await vary(request, patient, { userAgent: BROWSER }))
  return isFromEndpoint(other?.answer) ? faults.userAgent(request.url, `answers ${answer.status}`) : undefined
}

async function findSlashFault(request: SentRequest, status: number, patient: Patient): Promise<Fault | undefined> {
  if (status === 403) return undefined
  const url = new URL(request.url)
  if (url.pathname === '/') return undefined
  url.pathname = url.pathname.endsWith('/') ? url.pathname.slice(0, -1) : `${url.pathname}/`
  const other = await patient.probe(await vary(request, patient, { url: url.href }))
  return isFromEndpoint(other?.answer) ? faults.trailingSlash(request.url, url.href, status) : undefined
}

/** The metadata may name another endpoint than the configuration does. */
async function findPathFault(
  request: SentRequest,
  status: number,
  { issuer, probe, endpoint }: Patient,
): Promise<Fault | undefined> {
  if (endpoint === undefined || issuer === undefined) return undefined
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const outcome = await probe({ method: 'GET', url, headers: { accept: 'application/json' }, body: '' })
  const named = jsonOf(outcome?.answer)?.['introspection_endpoint']
  if (typeof named !== 'string' || !URL.canParse(named) || named === request.url) return undefined
  return faults.elsewhere(request.url, status, new URL(named).href)
}

function describeOddity(url: string, answer: ReceivedAnswer, { secrets }: Patient): Fault | undefined {
  const { status, headers } = answer
  const { location } = headers
  if (status >= 300 && status < 400) return faults.redirect('endpoint', url, status, location ?? url)
  if (ABSENT.has(status)) return faults.absent(url, status)
  if (isPage(answer)) return faults.page(url, status, beginningOf(answer, secrets))
  return undefined
}
