/** Scenarios of valid answers that the client must not trust. */
import { goodBut } from '../answers.ts'
import { type HostileScenario, scenarios } from '../hostile-scenario.ts'

/** Answers from another issuer, or with impossible dates. */
export const untrustedAnswers: readonly HostileScenario[] = [
  ...scenarios(
    { expected: 'untrusted', why: 'The answer names an issuer that the client did not ask.', clause: 'RFC 7662 §2.2' },
    [
      ['iss-other', 'another issuer', goodBut({ iss: 'https://other.example.com' })],
      ['iss-slash', 'the issuer with a slash at the end', goodBut(({ issuer }) => ({ iss: `${issuer}/` }))],
      ['iss-token', 'the token as the issuer', goodBut(({ token }) => ({ iss: token }))],
    ],
  ),
  ...scenarios({ expected: 'untrusted', why: 'A token cannot be issued in the future.', clause: 'RFC 7662 §2.2' }, [
    ['iat-far-ahead', 'iat far ahead', goodBut(({ now }) => ({ iat: now + 600 }))],
  ]),
]
