/** Looks for the token and the secret where they must not be. */
import { inspect } from 'node:util'
import { expect } from 'vitest'
import { clientSecret, token } from './hostile-answers.ts'

const basicCredentials = Buffer.from(`api:${clientSecret}`).toString('base64')

/** Fails when anything in the values, down to every cause and property, holds the token or the secret. */
export function expectNoSecrets(...values: readonly unknown[]): void {
  const text = values
    .flatMap((value) => [inspect(value, { depth: Infinity, maxStringLength: Infinity }), JSON.stringify(value) ?? ''])
    .join('\n')
  for (const secret of [token, clientSecret, basicCredentials]) expect(text).not.toContain(secret)
}
