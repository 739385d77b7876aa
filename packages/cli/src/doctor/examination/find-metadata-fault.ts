/** Finds out why the metadata do not lead to an introspection endpoint. */
import { type CheckFailed, TransportEndpointMissingError } from '@token-introspection/client'
import { messageOf } from '@token-introspection/core'
import type { Exchange } from '../../connection/exchange.ts'
import type { Fault } from '../diagnosis.ts'
import { endpointFaults } from '../faults/endpoint-faults.ts'
import { metadataFaults as faults, realmOf } from '../faults/metadata-faults.ts'
import type { Patient } from '../patient/patient.ts'
import { compareIssuers } from './compare-issuers.ts'
import { isPage, jsonOf } from './read-answer.ts'

/** The fault, if the check failed at the metadata. */
export async function findMetadataFault({ step, error }: CheckFailed, patient: Patient): Promise<Fault | undefined> {
  const { exchanges, issuer } = patient
  if (step !== 'metadata' || issuer === undefined) return undefined
  const lookups = exchanges.filter(({ request, answer }) => request.method === 'GET' && answer !== undefined)
  const documents = lookups.filter(
    ({ answer }) => answer?.status === 200 && typeof jsonOf(answer)?.['issuer'] === 'string',
  )
  const [document] = documents
  if (error instanceof TransportEndpointMissingError) {
    return faults.noIntrospection(document?.request.url ?? issuer, issuer, remedyOf(messageOf(error)))
  }
  if (document === undefined) return faultWithoutDocument(lookups, issuer)
  return faultOfDocument(document, issuer, error)
}

/** The client explains after its first sentence what to use in place of introspection. */
function remedyOf(message: string): string {
  return message.replace(/^.*?name no introspection_endpoint\. /, '')
}

function faultOfDocument({ request: { url }, answer }: Exchange, issuer: string, error: Error): Fault | undefined {
  const { issuer: named, introspection_endpoint: endpoint } = jsonOf(answer) ?? {}
  if (typeof named !== 'string' || !URL.canParse(named)) return undefined
  switch (compareIssuers(issuer, named)) {
    case 'same':
      break
    case 'slash':
      return faults.trailingSlash(url, issuer, named)
    case 'name':
      return faults.issuerSplit(url, issuer, named)
    case 'other':
      return faults.otherIssuer(url, issuer, named)
  }
  if (typeof endpoint !== 'string' || !URL.canParse(endpoint)) return undefined
  return new URL(endpoint).protocol === 'http:'
    ? faults.plainEndpoint(url, endpoint)
    : faults.untrustedEndpoint(url, error.message)
}

function faultWithoutDocument(lookups: readonly Exchange[], issuer: string): Fault | undefined {
  const [first] = lookups
  if (first?.answer === undefined) return undefined
  const last = lookups.at(-1)?.answer
  if (last?.status === 429)
    return endpointFaults.rateLimited('metadata', first.request.url, last.headers['retry-after'])
  if (last !== undefined && last.status >= 500)
    return endpointFaults.serverError('metadata', first.request.url, last.status)
  const { url } = first.request
  if (realmOf(issuer) !== undefined && lookups.some(({ answer }) => /realm does not exist/i.test(answer?.body ?? ''))) {
    return faults.wrongRealm(url, issuer)
  }
  const redirect = lookups.find(({ answer }) => answer !== undefined && answer.status >= 300 && answer.status < 400)
  const target = redirect?.answer?.headers['location']
  if (redirect?.answer !== undefined && target !== undefined) {
    return endpointFaults.redirect('metadata', redirect.request.url, redirect.answer.status, target)
  }
  const seen = [...new Set(lookups.flatMap(({ answer }) => (answer ? [sayAnswer(answer)] : [])))].join(', ')
  return faults.absent(
    lookups.map(({ request }) => request.url),
    issuer,
    seen,
  )
}

function sayAnswer(answer: NonNullable<Exchange['answer']>): string {
  return isPage(answer) ? `status ${answer.status} with a page for people` : `status ${answer.status}`
}
