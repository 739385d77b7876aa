import { inspect } from 'node:util'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { askDependency, DependencyTimeoutError } from './ask-dependency.ts'

class StepError extends Error {}

const toError = (cause: unknown): StepError => new StepError('the step failed', { cause })

afterEach(() => {
  vi.useRealTimers()
})

describe('askDependency', () => {
  test('gives what is there at once', () => {
    expect(askDependency(() => 7, 10, toError)).toBe(7)
  })

  test('gives what comes later, and leaves no timer behind', async () => {
    vi.useFakeTimers()
    const { promise, resolve } = Promise.withResolvers<number>()
    const answer = askDependency(() => promise, 10, toError)
    resolve(7)
    expect(await answer).toBe(7)
    await Promise.resolve()
    expect(vi.getTimerCount()).toBe(0)
  })

  test('waits for what only looks like a promise', async () => {
    const thenable = {
      // oxlint-disable-next-line unicorn/no-thenable
      then(resolve: (value: number) => void) {
        resolve(7)
      },
    }
    expect(await askDependency(() => thenable as Promise<number>, 10, toError)).toBe(7)
  })

  test('makes the error of the step of what is thrown, at once or later', async () => {
    const cause = new Error('down')
    expect(() =>
      askDependency(
        () => {
          throw cause
        },
        10,
        toError,
      ),
    ).toThrow(expect.objectContaining({ cause }) as Error)
    const rejected = askDependency(() => Promise.reject(cause), 10, toError)
    await expect(rejected).rejects.toBeInstanceOf(StepError)
    await expect(rejected).rejects.toMatchObject({ cause })
  })

  test.each([
    [
      'at once',
      (cause: Error): never => {
        throw cause
      },
    ],
    ['later', (cause: Error) => Promise.reject(cause)],
  ])('hands on %s what went wrong, and no row, command or token that it was about', async (_, ask) => {
    const cause = Object.assign(new Error('violates check constraint "x"'), {
      code: '23514',
      detail: 'Failing row contains (alice).',
      command: { args: ['alice'] },
    })
    const error: unknown = await (async () => askDependency(() => ask(cause), 10, toError))().catch(
      (thrown: unknown) => thrown,
    )
    expect(error).toMatchObject({ cause: { code: '23514', message: 'violates check constraint…' } })
    expect(inspect(error, { depth: 10 })).not.toContain('alice')
  })

  test('hands on what a limiter throws as it is', () => {
    const exceeded = { msBeforeNext: 5 }
    const consume = (): never => {
      // As a limiter does: it is an answer, and no error.
      // oxlint-disable-next-line typescript/only-throw-error
      throw exceeded
    }
    expect(() => askDependency(consume, 10, toError)).toThrow(expect.objectContaining({ cause: exceeded }) as Error)
  })

  test('does not wait longer than it may, and tells what it asked', async () => {
    vi.useFakeTimers()
    const abort = vi.fn<(reason: Error) => void>()
    const answer = askDependency(() => new Promise<never>(() => undefined), 10, toError, { abort })
    const refused = expect(answer).rejects.toMatchObject({ cause: expect.any(DependencyTimeoutError) as Error })
    await vi.advanceTimersByTimeAsync(9)
    expect(abort).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    await refused
    expect(abort).toHaveBeenCalledOnce()
  })

  test('drops what comes too late', async () => {
    vi.useFakeTimers()
    const { promise, reject } = Promise.withResolvers<number>()
    const answer = askDependency(() => promise, 10, toError)
    const refused = expect(answer).rejects.toBeInstanceOf(StepError)
    await vi.advanceTimersByTimeAsync(10)
    reject(new Error('too late, and nobody has to handle it'))
    await refused
  })
})
