/** The surroundings of a real process. */
import { randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { isatty, type WriteStream } from 'node:tty'
import { pathToFileURL } from 'node:url'
import { UnableError } from '../errors.ts'
import { shellWord } from '../terminal/shell-word.ts'
import type { Files, Input, Output, Surroundings } from './surroundings.ts'

/** The streams, files, clock and signals of this process. */
export function processSurroundings(): Surroundings {
  return {
    environment: process.env,
    stdin: processInput(),
    stdout: toOutput(process.stdout),
    stderr: toOutput(process.stderr),
    files: nodeFiles,
    askSecret,
    importModule: (path) => import(pathToFileURL(resolve(path)).href) as Promise<Readonly<Record<string, unknown>>>,
    now: Date.now,
    randomBytes,
    stop: stopSignal(),
  }
}

function toOutput(stream: WriteStream & { readonly fd: number }): Output {
  // Pipes and files have neither `columns` nor `hasColors`.
  const isTerminal = isatty(stream.fd)
  return {
    write: (text) => void stream.write(text),
    isTerminal,
    get columns() {
      return isTerminal ? stream.columns : undefined
    },
    hasColors: isTerminal && stream.hasColors(),
  }
}

function processInput(): Input {
  return {
    isTerminal: isatty(process.stdin.fd),
    read: (maxBytes) => readBounded(process.stdin, maxBytes, 'standard input'),
  }
}

/** What a group or everybody may do with a file. */
const OTHERS = 0o077
const OTHERS_WRITE = 0o022
/** The user who can do everything anyway. */
const ROOT = 0

const nodeFiles: Files = {
  read: (path, maxBytes) => readFile(path, maxBytes),
  readPrivate: (path, maxBytes) => readFile(path, maxBytes, requireOwn),
  write: (path, text) => replace(path, text, 0o666),
  async writePrivate(path, text) {
    const directory = dirname(path)
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await requireUnshared(directory)
    await replace(path, text, 0o600)
  },
  async makePrivate(path) {
    // To append makes a missing file, and leaves one that is there as it is.
    const file = await open(path, 'a', 0o600)
    try {
      await requireUnwritable(file, path)
    } finally {
      await file.close()
    }
  },
  remove: (path) => rm(path, { force: true }),
}

async function readFile(
  path: string,
  maxBytes: number,
  check?: (file: FileHandle, path: string) => Promise<void>,
): Promise<string> {
  const file = await open(path)
  try {
    await check?.(file, path)
    return await readBounded(file.createReadStream({ autoClose: false }), maxBytes, path)
  } finally {
    await file.close()
  }
}

/** Windows has neither users nor modes of this kind. There the directory of the user is private. */
const HAS_MODES = process.getuid !== undefined

async function requireOwn(file: FileHandle, path: string): Promise<void> {
  const { uid, mode } = await file.stat()
  if (!HAS_MODES || (uid === process.getuid?.() && (mode & OTHERS) === 0)) return
  throw new UnableError(
    `${path}: the file belongs to another user, or others can read it. Remove it, and start the server again`,
  )
}

async function requireUnwritable(file: FileHandle, path: string): Promise<void> {
  const { uid, mode } = await file.stat()
  if (!HAS_MODES || (uid === process.getuid?.() && (mode & OTHERS_WRITE) === 0)) return
  throw new UnableError(
    `${path}: the file belongs to another user, or others can write to it. Name another one, or run: chmod go-w ${shellWord(path)}`,
  )
}

async function requireUnshared(directory: string): Promise<void> {
  const { uid, mode } = await stat(directory)
  const isOwn = uid === process.getuid?.() || uid === ROOT
  if (!HAS_MODES || (isOwn && (mode & OTHERS_WRITE) === 0)) return
  throw new UnableError(
    `${directory}: other users own this directory or can write to it, and could give themselves out as this server. Name one for this user alone with --state`,
  )
}

/** Writes a new file beside the old one and renames it, so that nobody reads half of it. */
async function replace(path: string, text: string, mode: number): Promise<void> {
  const beside = `${path}.${randomBytes(6).toString('hex')}`
  try {
    await writeFile(beside, text, { mode, flag: 'wx' })
    await rename(beside, path)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
}

async function readBounded(stream: AsyncIterable<unknown>, maxBytes: number, name: string): Promise<string> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of stream) {
    const octets = Buffer.from(part as Buffer)
    length += octets.length
    if (length > maxBytes) throw new UnableError(`${name} has more than ${maxBytes} octets`)
    parts.push(octets)
  }
  return Buffer.concat(parts).toString('utf8')
}

async function askSecret(question: string): Promise<string | undefined> {
  const { isCancel, password } = await import('@clack/prompts')
  const answer = await password({ message: question, output: process.stderr })
  return isCancel(answer) ? undefined : answer
}

/** Ctrl-C and SIGTERM ask the program to stop. A second one ends it at once. */
function stopSignal(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort())
  return controller.signal
}
