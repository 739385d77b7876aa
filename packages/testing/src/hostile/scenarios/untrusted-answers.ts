/** Scenarios of well-formed answers that are not to be believed. */
import { goodBut } from '../answers.ts'
import { type HostileScenario, scenarios } from '../hostile-scenario.ts'

/** Answers of somebody else, or of another time. */
export const untrustedAnswers: readonly HostileScenario[] = [
  ...scenarios(
    { expected: 'untrusted', why: 'The answer names another issuer than was asked.', clause: 'RFC 7662 §2.2' },
    [
      ['iss-other', 'another issuer', goodBut({ iss: 'https://other.example.com' })],
      ['iss-slash', 'the issuer with a slash at the end', goodBut(({ issuer }) => ({ iss: `${issuer}/` }))],
      ['iss-token', 'the token for an issuer', goodBut(({ token }) => ({ iss: token }))],
    ],
  ),
  ...scenarios({ expected: 'untrusted', why: 'No token was issued in the future.', clause: 'RFC 7662 §2.2' }, [
    ['iat-far-ahead', 'iat far ahead', goodBut(({ now }) => ({ iat: now + 600 }))],
  ]),
]
