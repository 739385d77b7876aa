/** Errors and client authentication (RFC 7662 §2.3, RFC 6749 §2.3, §5.2). */
import { encodeBasicCredentials, isErrorText, parseChallenges } from '@token-introspection/core'
import type { Asker, Credentials } from '../asker.ts'
import { describeReply, type Reply, saysActive, saysInactive } from '../reply.ts'
import { firstFault, passedIf, type Requirement, skipped } from '../requirement.ts'

/** `Authorization` fields that no client sends. */
const MALFORMED_BASIC = [
  ['base64 that is none', 'Basic %%%'],
  ['no colon', `Basic ${btoa('somebody')}`],
  ['a broken escape', `Basic ${btoa('some%zzbody:secret')}`],
  ['a control character', `Basic ${btoa('somebody:se\u0000cret')}`],
] as const

function wrongBasic(asker: Asker): Promise<Reply> {
  const authorization = encodeBasicCredentials({ clientId: asker.clientId, clientSecret: asker.wrongSecret })
  return asker.askUnknown({ credentials: { authorization } })
}

/** Every octet escaped, as a client may do (RFC 6749 appendix B). */
function escaped(text: string): string {
  return [...new TextEncoder().encode(text)].map((octet) => `%${octet.toString(16).padStart(2, '0')}`).join('')
}

/** The requirements. */
export const ERROR_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'ERR-01',
    clause: 'RFC 7662 §2.3, RFC 6749 §5.2',
    title: 'Wrong credentials get 401.',
    level: 'must',
    async run(asker) {
      const reply = await asker.askUnknown({ credentials: 'wrong secret' })
      return passedIf(reply.status === 401, `expected 401, got ${describeReply(reply)}`, reply)
    },
  },
  {
    id: 'ERR-02',
    clause: 'RFC 6749 §5.2',
    title: 'A 401 after Basic credentials has a Basic challenge.',
    level: 'must',
    needs: ['basic'],
    async run(asker) {
      const reply = await wrongBasic(asker)
      if (reply.status !== 401) return skipped('wrong Basic credentials do not get 401')
      const schemes = challengesOf(reply).map(({ scheme }) => scheme.toLowerCase())
      return passedIf(schemes.includes('basic'), `WWW-Authenticate names ${schemes.join(', ') || 'nothing'}`, reply)
    },
  },
  {
    id: 'ERR-03',
    clause: 'RFC 9110 §15.5.2',
    title: 'Every 401 has a challenge, also when the credentials were in the form.',
    level: 'must',
    needs: ['basic'],
    async run(asker) {
      const parameters = [
        ['client_id', asker.clientId],
        ['client_secret', asker.wrongSecret],
      ] as const
      const reply = await asker.askUnknown({ credentials: { parameters } })
      if (reply.status !== 401) return skipped('a wrong secret in the form does not get 401')
      return passedIf(reply.headers['www-authenticate'] !== undefined, 'the 401 has no WWW-Authenticate', reply)
    },
  },
  {
    id: 'ERR-04',
    clause: 'RFC 7617 §2',
    title: 'A Basic challenge names a realm.',
    level: 'must',
    needs: ['basic'],
    async run(asker) {
      const reply = await wrongBasic(asker)
      const basic = challengesOf(reply).find(({ scheme }) => scheme.toLowerCase() === 'basic')
      if (basic === undefined) return skipped('there is no Basic challenge')
      return passedIf(/\brealm\s*=/i.test(reply.headers['www-authenticate'] ?? ''), 'the challenge has no realm', reply)
    },
  },
  {
    id: 'ERR-05',
    clause: 'RFC 6749 §5.2',
    title: 'An error is a JSON object with the member error.',
    level: 'must',
    async run(asker) {
      const reply = await asker.askUnknown({ credentials: 'wrong secret' })
      if (reply.status === 200) return skipped('wrong credentials get no error')
      return passedIf(
        typeof reply.members?.['error'] === 'string',
        `expected {"error":…}, got ${describeReply(reply)}`,
        reply,
      )
    },
  },
  {
    id: 'ERR-06',
    clause: 'RFC 6749 §5.2',
    title: 'error and error_description have printable ASCII without quotes and backslashes.',
    level: 'must',
    async run(asker) {
      const replies = [await asker.askUnknown({ credentials: 'wrong secret' }), await asker.ask({ parameters: [] })]
      return firstFault(
        replies.map((reply) => {
          const texts = [reply.members?.['error'], reply.members?.['error_description']]
          const isRight = texts.every((text) => text === undefined || (typeof text === 'string' && isErrorText(text)))
          return passedIf(isRight, 'a text has characters that it must not have', reply)
        }),
      )
    },
  },
  {
    id: 'ERR-09',
    clause: 'RFC 6749 §2.3, §5.2',
    title: 'Two methods of client authentication in one request are an error.',
    level: 'must',
    needs: ['basic'],
    async run(asker) {
      const { clientId, clientSecret } = asker
      const reply = await asker.askUnknown({
        credentials: { authorization: encodeBasicCredentials({ clientId, clientSecret }) },
        second: [
          ['client_id', clientId],
          ['client_secret', clientSecret],
        ],
      })
      return passedIf(
        reply.status >= 400 && reply.status < 500,
        `expected an error, got ${describeReply(reply)}`,
        reply,
      )
    },
  },
  {
    id: 'ERR-17',
    clause: 'RFC 6749 §5.1',
    title: 'Answers have Cache-Control: no-store.',
    level: 'should',
    async run(asker) {
      const replies = [await asker.askUnknown(), await asker.askUnknown({ credentials: 'wrong secret' })]
      return firstFault(
        replies.map((reply) =>
          passedIf(
            /(?:^|,)\s*no-store\s*(?:,|$)/i.test(reply.headers['cache-control'] ?? ''),
            `Cache-Control is ${reply.headers['cache-control'] ?? 'missing'}`,
            reply,
          ),
        ),
      )
    },
  },
  {
    id: 'AUTH-02',
    clause: 'RFC 6749 §2.3.1',
    title: 'The halves of Basic credentials are form-decoded.',
    level: 'must',
    needs: ['basic'],
    async run(asker) {
      const authorization = `Basic ${btoa(`${escaped(asker.clientId)}:${escaped(asker.clientSecret)}`)}`
      const reply = await asker.askUnknown({ credentials: { authorization } })
      return passedIf(saysInactive(reply), `escaped credentials got ${describeReply(reply)}`, reply)
    },
  },
  {
    id: 'AUTH-03',
    clause: 'RFC 6749 §2.3.1',
    title: 'Basic is supported for callers with a secret.',
    level: 'should',
    needs: ['basic'],
    async run(asker) {
      const { clientId, clientSecret } = asker
      const authorization = encodeBasicCredentials({ clientId, clientSecret })
      const reply = await asker.askUnknown({ credentials: { authorization } })
      return passedIf(saysInactive(reply), `right Basic credentials got ${describeReply(reply)}`, reply)
    },
  },
  {
    id: 'AUTH-04',
    clause: 'RFC 9110 §11.1',
    title: 'The scheme is compared without case.',
    level: 'must',
    needs: ['basic'],
    async run(asker) {
      const { clientId, clientSecret } = asker
      const authorization = encodeBasicCredentials({ clientId, clientSecret }).replace('Basic', 'bAsIc')
      const reply = await asker.askUnknown({ credentials: { authorization } })
      return passedIf(saysInactive(reply), `the scheme bAsIc got ${describeReply(reply)}`, reply)
    },
  },
  {
    id: 'AUTH-05',
    clause: 'RFC 6749 §5.2, RFC 7617 §2',
    title: 'Malformed Basic credentials get an error of the caller, and never one of the server.',
    level: 'must',
    async run(asker) {
      const outcomes = []
      for (const [what, authorization] of MALFORMED_BASIC) {
        const credentials: Credentials = { authorization }
        const reply = await asker.askUnknown({ credentials })
        const isRight = reply.status >= 400 && reply.status < 500
        outcomes.push(passedIf(isRight, `${what} got ${describeReply(reply)}`, reply))
      }
      return firstFault(outcomes)
    },
  },
  {
    id: 'AUTH-08',
    clause: 'RFC 6749 §2.3',
    title: 'A client_id in the form that is another one than that of the credentials is an error.',
    level: 'advice',
    needs: ['goodToken', 'basic'],
    async run(asker) {
      const { clientId, clientSecret } = asker
      const credentials = { authorization: encodeBasicCredentials({ clientId, clientSecret }) }
      const reply = await asker.askGood({ credentials, second: [['client_id', `not-${clientId}`]] })
      return passedIf(!saysActive(reply), 'the other client_id was ignored', reply)
    },
  },
  {
    id: 'AUTH-09',
    clause: 'RFC 6749 §2.3, RFC 7662 §4',
    title: 'An identifier without a secret does not authenticate.',
    level: 'must',
    needs: ['basic'],
    async run(asker) {
      const reply = await asker.askUnknown({ credentials: { parameters: [['client_id', asker.clientId]] } })
      return passedIf(reply.status !== 200, 'client_id alone was enough', reply)
    },
  },
]

function challengesOf(reply: Reply) {
  return parseChallenges(reply.headers['www-authenticate'] ?? '') ?? []
}
