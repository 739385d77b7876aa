/** The introspection request (RFC 7662 §2.1). */
import { FORM_MEDIA_TYPE } from '@token-introspection/core'
import { describeReply, saysActive, saysInactive } from '../reply.ts'
import { firstFault, passedIf, PASSED, type Requirement, skipped } from '../requirement.ts'

/** The requirements. */
export const REQUEST_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'REQ-05',
    clause: 'RFC 7662 §2.1',
    title: 'A form is a form in any case of its media type, and with a charset.',
    level: 'must',
    async run(asker) {
      const reply = await asker.askUnknown({ contentType: 'Application/X-WWW-Form-Urlencoded; charset=UTF-8' })
      return passedIf(saysInactive(reply), `expected 200 with active false, got ${describeReply(reply)}`, reply)
    },
  },
  {
    id: 'REQ-05a',
    clause: 'RFC 7662 §2.1',
    title: 'JSON is no form.',
    level: 'advice',
    needs: ['goodToken'],
    async run(asker) {
      const body = JSON.stringify({ token: asker.goodToken })
      const reply = await asker.ask({ body, contentType: 'application/json' })
      return passedIf(!saysActive(reply), 'a JSON body was read as a form', reply)
    },
  },
  {
    id: 'REQ-07',
    clause: 'RFC 6749 §3.2, §5.2',
    title: 'Without a token, or with an empty one, the answer is 400 invalid_request.',
    level: 'should',
    async run(asker) {
      const replies = [await asker.ask({ parameters: [] }), await asker.ask({ parameters: [['token', '']] })]
      return firstFault(
        replies.map((reply) =>
          passedIf(
            reply.status === 400 && reply.members?.['error'] === 'invalid_request',
            `expected 400 invalid_request, got ${describeReply(reply)}`,
            reply,
          ),
        ),
      )
    },
  },
  {
    id: 'REQ-08',
    clause: 'RFC 6749 §3.2, §5.2',
    title: 'A request that repeats a parameter is invalid.',
    level: 'must',
    async run(asker) {
      const reply = await asker.askUnknown({ parameters: [['token', asker.unknownToken]] })
      return passedIf(reply.status === 400, `expected 400 for two tokens, got ${describeReply(reply)}`, reply)
    },
  },
  {
    id: 'REQ-10',
    clause: 'RFC 7662 §2.1',
    title: 'With a hint of another type, the token is still found.',
    level: 'must',
    needs: ['goodToken'],
    async run(asker) {
      const reply = await asker.askGood({ parameters: [['token_type_hint', 'refresh_token']] })
      return passedIf(saysActive(reply), `expected the token to be active, got ${describeReply(reply)}`, reply)
    },
  },
  {
    id: 'REQ-11',
    clause: 'RFC 7662 §2.1',
    title: 'A hint that nobody knows changes nothing.',
    level: 'must',
    needs: ['goodToken'],
    async run(asker) {
      const reply = await asker.askGood({ parameters: [['token_type_hint', 'unheard_of']] })
      return passedIf(saysActive(reply), `expected the token to be active, got ${describeReply(reply)}`, reply)
    },
  },
  {
    id: 'REQ-12',
    clause: 'RFC 6749 §3.2',
    title: 'Unknown parameters are ignored.',
    level: 'must',
    needs: ['goodToken'],
    async run(asker) {
      const reply = await asker.askGood({ parameters: [['unheard_of', '1']] })
      return passedIf(saysActive(reply), `expected the token to be active, got ${describeReply(reply)}`, reply)
    },
  },
  {
    id: 'REQ-15',
    clause: 'RFC 7662 §2.1, §4',
    title: 'The endpoint answers nobody who does not authenticate.',
    level: 'must',
    async run(asker) {
      const reply = await asker.askUnknown({ credentials: 'none' })
      return passedIf(reply.status !== 200, `an anonymous request got ${describeReply(reply)}`, reply)
    },
  },
  {
    id: 'REQ-18',
    clause: 'RFC 7662 §4',
    title: 'A token does not authorize the question about itself.',
    level: 'advice',
    needs: ['goodToken'],
    async run(asker) {
      const reply = await asker.askGood({ credentials: { authorization: `Bearer ${asker.goodToken}` } })
      return passedIf(!saysActive(reply), 'the token as Bearer was enough to ask about it', reply)
    },
  },
  {
    id: 'REQ-19',
    clause: 'RFC 7662 §1.1',
    title: 'Names of parameters are compared with case.',
    level: 'must',
    needs: ['goodToken'],
    async run(asker) {
      const reply = await asker.ask({ parameters: [['Token', asker.goodToken]] })
      return passedIf(!saysActive(reply), 'the parameter "Token" was read as "token"', reply)
    },
  },
  {
    id: 'REQ-20',
    clause: 'RFC 7662 §4',
    title: 'GET is refused, so that no token gets into a log.',
    level: 'advice',
    needs: ['goodToken'],
    async run(asker) {
      const reply = await asker.ask({ method: 'GET', query: [['token', asker.goodToken]] })
      return passedIf(!saysActive(reply), 'GET with the token in the query was answered', reply)
    },
  },
  {
    id: 'REQ-21',
    clause: 'RFC 9110 §15.5.6',
    title: 'A 405 names the allowed methods.',
    level: 'must',
    async run(asker) {
      const reply = await asker.ask({ method: 'GET', query: [['token', asker.unknownToken]] })
      if (reply.status !== 405) return skipped('GET is not answered with 405')
      return passedIf(reply.headers['allow'] !== undefined, 'the 405 has no field Allow', reply)
    },
  },
  {
    id: 'REQ-22',
    clause: 'RFC 6749 §2.3.1',
    title: 'A secret in the query does not authenticate.',
    level: 'must',
    needs: ['basic'],
    async run(asker) {
      const query = [
        ['client_id', asker.clientId],
        ['client_secret', asker.clientSecret],
      ] as const
      const reply = await asker.askUnknown({ credentials: 'none', query })
      return passedIf(reply.status !== 200, 'the secret in the query was accepted', reply)
    },
  },
  {
    id: 'REQ-22a',
    clause: 'RFC 7662 §4',
    title: 'A token in the query is not read.',
    level: 'advice',
    needs: ['goodToken'],
    async run(asker) {
      const reply = await asker.ask({ query: [['token', asker.goodToken]], contentType: FORM_MEDIA_TYPE })
      return saysActive(reply) ? passedIf(false, 'the token in the query of a POST was read', reply) : PASSED
    },
  },
]
