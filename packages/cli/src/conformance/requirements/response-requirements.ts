/** The introspection response (RFC 7662 §2.2). */
import { isNumericDate, isScope } from '@token-introspection/core'
import { kindOf } from '../../connection/kind-of.ts'
import type { Asker } from '../asker.ts'
import { describeReply, saysActive, saysInactive } from '../reply.ts'
import { firstFault, type Outcome, passedIf, type Requirement, skipped } from '../requirement.ts'

/** A text with every kind of character that no token has. */
const GARBAGE = 'no token: "\u00e9" \\ %zz &='

/** Creates a check of one member of the answer about the good token. An absent member passes. */
function member(name: string, isRight: (value: unknown) => boolean, rule: string) {
  return async (asker: Asker): Promise<Outcome> => {
    const reply = await asker.askGood()
    const value = reply.members?.[name]
    return passedIf(value === undefined || isRight(value), `${name} is ${kindOf(value)}, and must be ${rule}`, reply)
  }
}

const isText = (value: unknown): boolean => typeof value === 'string'
/** null is the matter of another requirement. */
const isTextOrNull = (value: unknown): boolean => value === null || isText(value)
const isDate = (value: unknown): boolean => isNumericDate(value)
const isAudience = (value: unknown): boolean =>
  typeof value === 'string' || (Array.isArray(value) && value.every((each) => typeof each === 'string'))

/** The requirements. */
export const RESPONSE_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'RSP-01',
    clause: 'RFC 7662 §2.2',
    title: 'The answer is 200 with one JSON object, as application/json.',
    level: 'must',
    async run(asker) {
      const reply = await asker.askUnknown()
      const isRight = reply.status === 200 && reply.mediaType === 'application/json' && reply.members !== undefined
      return passedIf(isRight, `expected 200 with application/json, got ${describeReply(reply)}`, reply)
    },
  },
  {
    id: 'RSP-02',
    clause: 'RFC 7662 §2.2',
    title: 'active is always there, as true or false.',
    level: 'must',
    needs: ['goodToken'],
    async run(asker) {
      const replies = [await asker.askUnknown(), await asker.askGood()]
      return firstFault(
        replies.map((reply) =>
          passedIf(
            typeof reply.members?.['active'] === 'boolean',
            `active is ${kindOf(reply.members?.['active'])}`,
            reply,
          ),
        ),
      )
    },
  },
  {
    id: 'RSP-04',
    clause: 'RFC 7662 §2.2, RFC 6749 §3.3',
    title: 'scope is one string: scope tokens with one space between them.',
    level: 'must',
    needs: ['goodToken'],
    run: member('scope', (value) => value === '' || isScope(value), 'a string of scope tokens'),
  },
  {
    id: 'RSP-05',
    clause: 'RFC 6749 §3.3',
    title: 'Without scope, the member is left out.',
    level: 'must',
    needs: ['goodToken'],
    run: member('scope', (value) => value !== '', 'left out when it is empty'),
  },
  {
    id: 'RSP-10',
    clause: 'RFC 7662 §2.2, RFC 6749 §5.1',
    title: 'token_type says how the token is presented, not what it is.',
    level: 'must',
    needs: ['goodToken'],
    run: member(
      'token_type',
      (value) => isText(value) && !/^(?:access|refresh)_token$/i.test(value as string),
      'a type such as Bearer',
    ),
  },
  {
    id: 'RSP-11',
    clause: 'RFC 7662 §2.2',
    title: 'exp, iat and nbf are whole seconds since 1970.',
    level: 'must',
    needs: ['goodToken'],
    async run(asker) {
      const rule = 'whole seconds since 1970'
      return firstFault(await Promise.all(['exp', 'iat', 'nbf'].map((name) => member(name, isDate, rule)(asker))))
    },
  },
  {
    id: 'RSP-15',
    clause: 'RFC 7662 §2.2',
    title: 'client_id, username, sub, iss and jti are strings.',
    level: 'must',
    needs: ['goodToken'],
    async run(asker) {
      const names = ['client_id', 'username', 'sub', 'iss', 'jti']
      return firstFault(await Promise.all(names.map((name) => member(name, isTextOrNull, 'a string')(asker))))
    },
  },
  {
    id: 'RSP-16',
    clause: 'RFC 7662 §2.2, RFC 7519 §4.1.3',
    title: 'aud is a string, or an array of strings.',
    level: 'must',
    needs: ['goodToken'],
    run: member('aud', (value) => value === null || isAudience(value), 'a string or an array of strings'),
  },
  {
    id: 'RSP-21',
    clause: 'RFC 7662 §2.2, §2.3',
    title: 'A token that is unknown or no token at all is not active, and that is no error.',
    level: 'must',
    async run(asker) {
      const replies = [await asker.askUnknown(), await asker.ask({ parameters: [['token', GARBAGE]] })]
      return firstFault(
        replies.map((reply) =>
          passedIf(saysInactive(reply), `expected 200 with active false, got ${describeReply(reply)}`, reply),
        ),
      )
    },
  },
  {
    id: 'RSP-22',
    clause: 'RFC 7662 §2.2, §4',
    title: 'An inactive answer says nothing else.',
    level: 'should',
    async run(asker) {
      const reply = await asker.askUnknown()
      const others = Object.keys(reply.members ?? {}).filter((name) => name !== 'active')
      return passedIf(others.length === 0, `the answer also has ${others.join(', ')}`, reply)
    },
  },
  {
    id: 'RSP-23',
    clause: 'RFC 7662 §2.2',
    title: 'An inactive answer is the same for every reason.',
    level: 'advice',
    needs: ['endedToken'],
    async run(asker) {
      const [unknown, ended] = [
        await asker.askUnknown(),
        await asker.ask({ parameters: [['token', asker.endedToken]] }),
      ]
      return passedIf(unknown.body === ended.body, 'an ended token gets another answer than an unknown one', ended)
    },
  },
  {
    id: 'RSP-25',
    clause: 'RFC 7662 §2.2',
    title: 'A member without a value is left out, and not null.',
    level: 'advice',
    needs: ['goodToken'],
    async run(asker) {
      const reply = await asker.askGood()
      const empty = Object.entries(reply.members ?? {}).flatMap(([name, value]) => (value === null ? [name] : []))
      return passedIf(empty.length === 0, `null: ${empty.join(', ')}`, reply)
    },
  },
  {
    id: 'SEC-01',
    clause: 'RFC 7662 §4',
    title: 'A token that has expired or was revoked is not active.',
    level: 'must',
    needs: ['endedToken'],
    async run(asker) {
      const reply = await asker.ask({ parameters: [['token', asker.endedToken]] })
      return passedIf(saysInactive(reply), `a token that is revoked or expired got ${describeReply(reply)}`, reply)
    },
  },
  {
    id: 'SEC-04',
    clause: 'RFC 7662 §4',
    title: 'A JWT with a changed signature is not active.',
    level: 'must',
    needs: ['goodToken'],
    async run(asker) {
      const [header, payload, signature = '', ...more] = asker.goodToken.split('.')
      if (payload === undefined || signature === '' || more.length > 0) return skipped('the good token is no JWT')
      const changed = `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
      const reply = await asker.ask({ parameters: [['token', changed]] })
      return passedIf(!saysActive(reply), 'a JWT with a wrong signature is active', reply)
    },
  },
]
