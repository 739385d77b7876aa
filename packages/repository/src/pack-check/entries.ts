/** What the entries load once they are built and installed, and how many bytes that is. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { readEntries } from '../reach/entries.ts'
import { ROOT } from '../workspace/workspace.ts'

const RECORD = join(ROOT, 'packages/repository/test/reach.txt')

/**
 * Every entry that loads other modules than its sources do, and the size of each entry.
 *
 * @param directory - where the tarballs are installed.
 */
export async function checkEntries(directory: string): Promise<{ problems: string[]; sizes: string[] }> {
  const recorded = new Set(readFileSync(RECORD, 'utf8').split('\n'))
  const entries = await readEntries(directory)
  return {
    problems: entries.filter(({ line }) => !recorded.has(line)).flatMap(({ line, ways }) => [line, ...ways]),
    sizes: entries.map(({ files, line }) => {
      const text = files.map((path) => readFileSync(join(directory, path), 'utf8')).join('\n')
      return `${String(gzipSync(text).byteLength).padStart(6)} B gzip  ${line}`
    }),
  }
}
