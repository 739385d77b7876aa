import { inspect } from 'node:util'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { askDependency, DependencyTimeoutError } from './ask-dependency.ts'

class StepError extends Error {}

const toError = (cause: unknown): StepError => new StepError('the step failed', { cause })

afterEach(() => {
  vi.useRealTimers()
})

describe('askDependency', () => {
  test('returns an immediate value without a promise', () => {
    expect(askDependency(() => 7, 10, toError)).toBe(7)
  })

  test('returns a later value, and leaves no timer behind', async () => {
    vi.useFakeTimers()
    const { promise, resolve } = Promise.withResolvers<number>()
    const answer = askDependency(() => promise, 10, toError)
    resolve(7)
    expect(await answer).toBe(7)
    await Promise.resolve()
    expect(vi.getTimerCount()).toBe(0)
  })

  test('waits for a thenable', async () => {
    const thenable = {
      // oxlint-disable-next-line unicorn/no-thenable
      then(resolve: (value: number) => void) {
        resolve(7)
      },
    }
    expect(await askDependency(() => thenable as Promise<number>, 10, toError)).toBe(7)
  })

  test('turns an immediate or later error into the error of the step', async () => {
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
  ])('passes on %s the error without any row, command or token in it', async (_, ask) => {
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

  test('passes on unchanged what a limiter throws', () => {
    const exceeded = { msBeforeNext: 5 }
    const consume = (): never => {
      // A limiter throws an answer that is not an error.
      // oxlint-disable-next-line typescript/only-throw-error
      throw exceeded
    }
    expect(() => askDependency(consume, 10, toError)).toThrow(expect.objectContaining({ cause: exceeded }) as Error)
  })

  test('stops waiting after the deadline, and aborts the signal of the dependency', async () => {
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

  test('ignores a late result', async () => {
    vi.useFakeTimers()
    const { promise, reject } = Promise.withResolvers<number>()
    const answer = askDependency(() => promise, 10, toError)
    const refused = expect(answer).rejects.toBeInstanceOf(StepError)
    await vi.advanceTimersByTimeAsync(10)
    reject(new Error('too late, and nobody has to handle it'))
    await refused
  })
})
