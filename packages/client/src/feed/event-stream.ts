/** Parses an event stream (HTML Living Standard, server-sent events), within a bound. */
import { ResponseMalformedError } from '../errors.ts'

/** Takes the octets of a stream, in pieces of any size. */
export interface EventStreamParser {
  /**
   * Takes the next octets.
   *
   * @returns the data of each message that they complete. Fields other than `data` and comments are ignored.
   * @throws ResponseMalformedError when the octets are not UTF-8, or a message or a line is longer than the bound.
   */
  push(octets: Uint8Array): string[]
}

/** A line ends with CR LF, LF or CR. */
const LINE_END = /\r\n|\n|\r/g

/**
 * Creates a parser. A message that the stream does not complete is dropped with the parser.
 *
 * @param maxLength - of the data of a message, and of a line, in UTF-16 code units.
 */
export function createEventStreamParser(maxLength: number): EventStreamParser {
  // Decoders drop a second byte order mark, too, when the first one comes in pieces, so it keeps both.
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let isAtStart = true
  /** The unfinished line, in the pieces in which it came. */
  let line: string[] = []
  let lineLength = 0
  /** The last line ended with CR. A LF that comes next belongs to it. */
  let endedWithCr = false
  let data: string[] = []
  let dataLength = 0

  function decode(octets: Uint8Array): string {
    try {
      return withoutMark(decoder.decode(octets, { stream: true }))
    } catch {
      throw new ResponseMalformedError('the event stream is not UTF-8')
    }
  }

  /** Drops one byte order mark at the beginning of the stream. */
  function withoutMark(text: string): string {
    if (!isAtStart || text === '') return text
    isAtStart = false
    return text.startsWith('\ufeff') ? text.slice(1) : text
  }

  function append(piece: string): void {
    lineLength += piece.length
    if (lineLength > maxLength) throw tooLong()
    if (piece !== '') line.push(piece)
  }

  /** Ends the line. Returns the data of the message that it completes. */
  function endLine(): string | undefined {
    const text = line.join('')
    line = []
    lineLength = 0
    if (text === '') return endMessage()
    const colon = text.indexOf(':')
    if ((colon === -1 ? text : text.slice(0, colon)) !== 'data') return undefined
    const value = colon === -1 ? '' : text.slice(text[colon + 1] === ' ' ? colon + 2 : colon + 1)
    // The line feed between two lines counts.
    dataLength += value.length + 1
    if (dataLength > maxLength + 1) throw tooLong()
    data.push(value)
    return undefined
  }

  function endMessage(): string | undefined {
    if (data.length === 0) return undefined
    const message = data.join('\n')
    data = []
    dataLength = 0
    return message
  }

  function tooLong(): ResponseMalformedError {
    return new ResponseMalformedError(`the event stream has a message of more than ${maxLength} characters`)
  }

  return {
    push(octets) {
      let text = decode(octets)
      if (text === '') return []
      if (endedWithCr && text.startsWith('\n')) text = text.slice(1)
      endedWithCr = text.endsWith('\r')
      const messages: string[] = []
      let start = 0
      for (const { 0: end, index } of text.matchAll(LINE_END)) {
        append(text.slice(start, index))
        start = index + end.length
        const message = endLine()
        if (message !== undefined) messages.push(message)
      }
      append(text.slice(start))
      return messages
    },
  }
}
