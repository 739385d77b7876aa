import { describe, expect, test } from 'vitest'
import { memorySurroundings } from '../../test/memory-surroundings.ts'
import { readSecret } from './read-secret.ts'

const source = { what: 'secret of the client web', option: '--client-secret-file', path: undefined, variable: 'SECRET' }

describe('readSecret', () => {
  test('reads a file first, without the line end', async () => {
    const surroundings = memorySurroundings({ files: { a: 's3cr3t\n' }, environment: { SECRET: 'other' } })
    expect(await readSecret({ ...source, path: 'a' }, surroundings)).toBe('s3cr3t')
  })

  test('keeps every other space', async () => {
    const surroundings = memorySurroundings({ files: { a: ' s3 \n\r\n' } })
    expect(await readSecret({ ...source, path: 'a' }, surroundings)).toBe(' s3 \n')
  })

  test('reads standard input for -', async () => {
    const surroundings = memorySurroundings({ stdin: 's3cr3t\n' })
    expect(await readSecret({ ...source, path: '-' }, surroundings)).toBe('s3cr3t')
  })

  test('reads the environment variable without a file', async () => {
    expect(await readSecret(source, memorySurroundings({ environment: { SECRET: 's3cr3t' } }))).toBe('s3cr3t')
  })

  test('asks the person at the terminal last', async () => {
    const surroundings = memorySurroundings({ columns: 80, typed: 's3cr3t' })
    expect(await readSecret(source, surroundings)).toBe('s3cr3t')
    expect(surroundings.questions).toEqual(['Type the secret of the client web'])
  })

  test('asks nobody where nobody can answer, and names both ways', async () => {
    const surroundings = memorySurroundings({ stdin: '' })
    await expect(readSecret(source, surroundings)).rejects.toThrow(/set SECRET, or give --client-secret-file <file>/)
    expect(surroundings.questions).toEqual([])
  })

  test.each([
    ['a missing file', memorySurroundings(), 'gone', '--client-secret-file gone: there is no such file'],
    ['an empty file', memorySurroundings({ files: { a: '\n' } }), 'a', '--client-secret-file a: is empty'],
    ['an empty variable', memorySurroundings({ environment: { SECRET: '' } }), undefined, 'SECRET: is empty'],
  ])('refuses %s', async (_, surroundings, path, message) => {
    await expect(readSecret({ ...source, path }, surroundings)).rejects.toThrow(message)
  })

  test('ends when the person gives up', async () => {
    await expect(readSecret(source, memorySurroundings({ columns: 80 }))).rejects.toThrow('nobody typed')
  })
})
