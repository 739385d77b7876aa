/** Servers that break a requirement of the metadata. */
import type { Fault, FurtherFault } from '../honest-server.ts'
import type { Members } from './changed-answer.ts'
import { where } from './changed-request.ts'

const ALGORITHMS = 'introspection_endpoint_auth_signing_alg_values_supported'

/** By the identifier of the requirement. */
export const metadataFaults: Readonly<Record<string, Fault>> = {
  'META-01': changedMetadata({ issuer: 'ftp://as.example.com' }),
  'META-04': where(
    ({ url }) => url?.startsWith('/.well-known') === true,
    async (request, honest) => ({
      ...(await honest(request)),
      headers: { 'content-type': 'text/plain' },
    }),
  ),
  'META-05': changedMetadata({ issuer: 'https://other.example.com' }),
  'META-09': changedMetadata({ introspection_endpoint_auth_signing_alg_values_supported: ['none'] }),
  'META-10': changedMetadata({ scopes_supported: [] }),
}

export const furtherMetadataFaults: readonly FurtherFault[] = [
  ['META-01', 'an issuer with a query', changedMetadata({ issuer: 'https://as.example.com?tenant=acme' })],
  ['META-09', 'no algorithms', changedMetadata({ [ALGORITHMS]: undefined })],
]

function changedMetadata(change: Members): Fault {
  return where(
    ({ url }) => url?.startsWith('/.well-known') === true,
    async (request, honest) => {
      const answer = await honest(request)
      return { ...answer, body: JSON.stringify({ ...(JSON.parse(answer.body ?? '') as Members), ...change }) }
    },
  )
}
