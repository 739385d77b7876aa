import { expect, onTestFinished, test, vi } from 'vitest'
import { OptionGroup } from './option-group.ts'
import { resolveSecret } from './secret-option.ts'

const SECRET = 'a secret of at least thirty-two characters'

function resolve(secret: unknown) {
  return resolveSecret(new OptionGroup('cache', { secret }, ['secret']), 'secret')
}

test('keeps a text, and no secret is undefined', () => {
  expect(resolve(SECRET)?.()).toBe(SECRET)
  expect(resolve(undefined)).toBeUndefined()
})

test.each([
  ['too short', 'short', 'cache.secret: must have at least 32 characters'],
  ['empty', '', 'cache.secret: must be a non-empty string, not an empty string'],
  ['a number', 1, 'cache.secret: must be a non-empty string, not a number'],
])('refuses a secret that is %s', (_, secret, complaint) => {
  expect(() => resolve(secret)).toThrow(new TypeError(complaint))
})

test('calls a function with the first use, and once', async () => {
  let calls = 0
  const find = resolve(async () => {
    calls++
    return SECRET
  })
  expect(calls).toBe(0)
  expect(await Promise.all([find?.(), find?.()])).toEqual([SECRET, SECRET])
  expect(find?.()).toBe(SECRET)
  expect(calls).toBe(1)
})

test('has the secret at once, when the function returns no promise', () => {
  expect(resolve(() => SECRET)?.()).toBe(SECRET)
})

test('tries again a second after a failure, and names the option but not what was returned', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const cause = new Error('vault')
  const answers: unknown[] = [cause, Promise.reject(cause), 'short', Promise.resolve(undefined), SECRET]
  const find = resolve(() => {
    const answer = answers.shift()
    if (answer instanceof Error) throw answer
    return answer
  })
  const failures: unknown[] = []
  for (let call = 0; call < 4; call++) {
    failures.push(await attempt(find))
    vi.advanceTimersByTime(1000)
  }
  const code = 'ERR_SECRET_UNAVAILABLE'
  expect(failures).toMatchObject([{ code, retryable: true, cause }, { code, cause }, { code }, { code }])
  for (const failure of failures) {
    expect(String(failure)).toContain('cache.secret: ')
    expect(String(failure)).not.toContain('short')
  }
  expect(find?.()).toBe(SECRET)
})

test('keeps what a function found, however long the process runs', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const found = [SECRET, 'another secret of at least thirty-two characters']
  const find = resolve(() => found.shift())
  expect(find?.()).toBe(SECRET)
  await vi.advanceTimersByTimeAsync(86_400_000)
  expect(find?.()).toBe(SECRET)
})

async function attempt(find: (() => unknown) | undefined): Promise<unknown> {
  try {
    return await find?.()
  } catch (error) {
    return error
  }
}

test('refuses a found secret that is that of another option, and names the option alone', async () => {
  const group = new OptionGroup('cache', { secret: () => SECRET }, ['secret'])
  const found = Promise.resolve(resolveSecret(group, 'secret', { 'pepper[0]': SECRET })?.())
  const cause = new TypeError('the function must return another secret than pepper[0]')
  await expect(found).rejects.toMatchObject({ code: 'ERR_SECRET_UNAVAILABLE', cause })
  const other = { 'pepper[0]': `${SECRET}!` }
  expect(resolveSecret(group, 'secret', other)?.()).toBe(SECRET)
})
