/** Servers that break a requirement of signed answers. */
import type { Fault, FurtherFault } from '../honest-server.ts'
import { after, type Members } from './changed-answer.ts'

/** By the identifier of the requirement. */
export const signedAnswerFaults: Readonly<Record<string, Fault>> = {
  'JWT-08': after(
    ({ body = '' }) => body.startsWith('ey'),
    (answer) => ({ ...answer, headers: { 'content-type': 'application/jwt' } }),
  ),
  'JWT-09': changedJwt(0, { typ: 'JWT' }),
  'JWT-11': changedJwt(1, { iss: 'https://other.example.com' }),
  'JWT-13': changedJwt(1, { aud: 'https://orders.example.com' }),
  'JWT-32': after(
    ({ status }) => status === 400,
    (answer) => ({ ...answer, headers: { 'content-type': 'application/token-introspection+jwt' } }),
  ),
}

export const furtherSignedAnswerFaults: readonly FurtherFault[] = [
  ['JWT-13', 'no audience', changedJwt(1, { aud: undefined })],
]

function changedJwt(part: 0 | 1, change: Members): Fault {
  return after(
    ({ body = '' }) => body.startsWith('ey'),
    (answer) => {
      const parts = (answer.body ?? '').split('.')
      const members = JSON.parse(Buffer.from(parts[part] ?? '', 'base64url').toString()) as Members
      parts[part] = Buffer.from(JSON.stringify({ ...members, ...change })).toString('base64url')
      return { ...answer, body: parts.join('.') }
    },
  )
}
