/** Signed answers (RFC 9701). They are checked at servers that sign when they are asked to. */
import { JWT_INTROSPECTION_MEDIA_TYPE } from '@token-introspection/core'
import type { Asker } from '../asker.ts'
import { describeReply, membersOf, type Reply } from '../reply.ts'
import { passedIf, type Requirement } from '../requirement.ts'

/** Asks for a signed answer. */
export function askSigned(asker: Asker): Promise<Reply> {
  return asker.askUnknown({ accept: JWT_INTROSPECTION_MEDIA_TYPE })
}

/** Whether the server signs its answers. */
export function isSigned(reply: Reply): boolean {
  return reply.status === 200 && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(reply.body)
}

function part({ body }: Reply, index: 0 | 1): Readonly<Record<string, unknown>> {
  return membersOf(Buffer.from(body.split('.')[index] ?? '', 'base64url').toString('utf8')) ?? {}
}

/** The requirements. */
export const SIGNED_ANSWER_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'JWT-08',
    clause: 'RFC 9701 §5',
    title: 'A signed answer is application/token-introspection+jwt.',
    level: 'must',
    needs: ['signedAnswer'],
    async run(asker) {
      const reply = await askSigned(asker)
      return passedIf(reply.mediaType === JWT_INTROSPECTION_MEDIA_TYPE, `it is ${reply.mediaType ?? 'nothing'}`, reply)
    },
  },
  {
    id: 'JWT-09',
    clause: 'RFC 9701 §5',
    title: 'The header of the JWT has the typ token-introspection+jwt.',
    level: 'must',
    needs: ['signedAnswer'],
    async run(asker) {
      const reply = await askSigned(asker)
      const { typ } = part(reply, 0)
      return passedIf(typ === 'token-introspection+jwt', `typ is ${JSON.stringify(typ)}`, reply)
    },
  },
  {
    id: 'JWT-11',
    clause: 'RFC 9701 §5',
    title: 'The JWT names the issuer.',
    level: 'must',
    needs: ['signedAnswer', 'metadata'],
    async run(asker) {
      const reply = await askSigned(asker)
      const { iss } = part(reply, 1)
      return passedIf(iss === asker.metadata?.reply.members?.['issuer'], `iss is ${JSON.stringify(iss)}`, reply)
    },
  },
  {
    id: 'JWT-13',
    clause: 'RFC 9701 §5',
    title: 'The JWT is for the caller.',
    level: 'must',
    needs: ['signedAnswer'],
    async run(asker) {
      const reply = await askSigned(asker)
      const { aud } = part(reply, 1)
      return passedIf([aud].flat().includes(asker.clientId), `aud is ${JSON.stringify(aud)}`, reply)
    },
  },
  {
    id: 'JWT-32',
    clause: 'RFC 9701 §5',
    title: 'Errors stay JSON, also when only a JWT is accepted.',
    level: 'advice',
    needs: ['signedAnswer'],
    async run(asker) {
      const reply = await asker.ask({ parameters: [], accept: JWT_INTROSPECTION_MEDIA_TYPE })
      return passedIf(reply.mediaType === 'application/json', `an error came as ${describeReply(reply)}`, reply)
    },
  },
]
