/** A memory store of many tokens. */
import { createMemoryTokenStore, type WritableTokenStore } from '@token-introspection/server'
import { answerMembers, EXTENSION_CLAIMS } from '../../fixture.ts'

/**
 * Creates the store and saves the tokens.
 *
 * @param membersOf - members of one token beside those of all.
 */
export async function createFilledStore(
  tokens: readonly string[],
  membersOf: (token: string) => object = () => ({}),
): Promise<WritableTokenStore> {
  const store = createMemoryTokenStore()
  for (const token of tokens) {
    await store.save(token, {
      kind: 'access_token',
      ...answerMembers(),
      ...membersOf(token),
      claims: EXTENSION_CLAIMS,
    })
  }
  return store
}
