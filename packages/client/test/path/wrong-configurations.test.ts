/** Every wrong configuration has a message with its cause, its place and its remedy. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WRONG_CONFIGURATIONS } from './wrong-configurations.ts'
import { openPlace, type Place } from './wrong-configurations/place.ts'

let place: Place
beforeAll(async () => {
  place = await openPlace()
})
afterAll(() => place[Symbol.asyncDispose]())

/** The message that an operator sees, returned or thrown. */
async function messageOf(tell: (place: Place) => unknown): Promise<string> {
  try {
    return String(await tell(place))
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError)
    return (error as TypeError).message
  }
}

describe('the message about', () => {
  test.each(WRONG_CONFIGURATIONS)('%s names cause and remedy', async (_, tell, parts) => {
    const message = await messageOf(tell)
    expect(parts.length).toBeGreaterThan(1)
    for (const part of parts) expect(message).toMatch(part)
    expect(message).not.toContain('s3cr3t')
  })
})
