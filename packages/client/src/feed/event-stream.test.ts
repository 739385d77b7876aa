import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createEventStreamParser } from './event-stream.ts'

const encoder = new TextEncoder()
const octets = (text: string): Uint8Array => encoder.encode(text)

function parse(text: string, maxLength = 1000): string[] {
  return createEventStreamParser(maxLength).push(octets(text))
}

const isMalformed = expect.objectContaining({ code: 'ERR_RESPONSE_MALFORMED' }) as Error

describe('createEventStreamParser', () => {
  test.each([
    ['one message', 'data: a\n\n', ['a']],
    ['a message without the space', 'data:a\n\n', ['a']],
    ['only one space dropped', 'data:  a\n\n', [' a']],
    ['several lines, joined', 'data: a\ndata: b\n\n', ['a\nb']],
    ['empty data', 'data\n\ndata:\n\n', ['', '']],
    ['comments and other fields ignored', ': hi\nevent: page\nid: 1\nretry: 5\nother\ndata: a\n\n', ['a']],
    ['nothing for a message without data', 'event: x\n\n: hi\n\n', []],
    ['no unfinished message', 'data: a\n\ndata: b\n', ['a']],
    ['lines that end with CR', 'data: a\rdata: b\r\rdata: c\r\r', ['a\nb', 'c']],
    ['lines that end with CR LF', 'data: a\r\ndata: b\r\n\r\n', ['a\nb']],
    ['a byte order mark dropped at the beginning alone', '\ufeffdata: a\n\n\ufeffdata: b\n\n', ['a']],
    ['other line separators kept', 'data: a\u2028b\u0085c\n\n', ['a\u2028b\u0085c']],
    ['field names by their exact case', 'Data: a\nDATA: b\n data: c\n\n', []],
  ])('gives %s', (_, text, messages) => {
    expect(parse(text)).toEqual(messages)
  })

  test('gives the same messages wherever the octets are split', () => {
    const piece = fc.constantFrom(
      'data',
      ':',
      ' ',
      '\r',
      '\n',
      '\r\n',
      'ä',
      '€',
      '😀',
      '\ufeff',
      'id',
      '{"a":1}',
      ': c',
    )
    const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''))
    fc.assert(
      fc.property(text, fc.array(fc.nat(200), { maxLength: 8 }), (whole, cuts) => {
        const parser = createEventStreamParser(1000)
        const all = octets(whole)
        const at = [0, ...cuts.map((cut) => cut % (all.length + 1)).toSorted((a, b) => a - b), all.length]
        const messages = at.slice(1).flatMap((end, index) => parser.push(all.subarray(at[index], end)))
        expect(messages).toEqual(parse(whole))
      }),
      { numRuns: 2000 },
    )
  })

  test('drops one byte order mark alone, also when it comes in pieces', () => {
    for (const cut of [1, 2, 3, 4, 5]) {
      const parser = createEventStreamParser(1000)
      const all = octets('\ufeff\ufeffdata: a\n\ndata: b\n\n')
      expect([all.subarray(0, cut), all.subarray(cut)].flatMap((part) => parser.push(part))).toEqual(['b'])
    }
  })

  test('gives the same messages octet by octet', () => {
    const whole = '\ufeffdata: ä\r\n\r\ndata: €\r\rdata: 😀\n\n\n\r\n\rdata: z\n\n'
    const parser = createEventStreamParser(1000)
    const messages = Array.from(octets(whole), (octet) => parser.push(new Uint8Array([octet]))).flat()
    expect(messages).toEqual(['ä', '€', '😀', 'z'])
  })

  test('reads back any text in lines', () => {
    const line = fc.string({ unit: 'binary' }).filter((text) => !/[\r\n]/.test(text) && text.isWellFormed())
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), (lines) => {
        expect(parse(`${lines.map((text) => `data: ${text}\n`).join('')}\n`, 10_000)).toEqual([lines.join('\n')])
      }),
    )
  })

  test.each([
    ['a line without an end', ['data: ', 'x'.repeat(20)]],
    ['a comment without an end', [`:${'x'.repeat(10)}`, 'x'.repeat(10)]],
    ['a message of many lines', ['data: xxxxxxxx\n', 'data: xxxxxxxx\n']],
    ['a message of many empty lines', ['data\n'.repeat(18)]],
  ])('refuses %s beyond the bound', (_, chunks) => {
    const parser = createEventStreamParser(16)
    expect(() => chunks.map((chunk) => parser.push(octets(chunk)))).toThrow(isMalformed)
  })

  test('takes a message of exactly the bound, and any number of messages', () => {
    const parser = createEventStreamParser(22)
    const message = `data: ${'x'.repeat(16)}`
    for (let count = 0; count < 100; count++) {
      expect(parser.push(octets(`${message}\n\n`))).toEqual(['x'.repeat(16)])
    }
  })

  test.each([
    ['a lone continuation octet', [0x64, 0x80]],
    ['an overlong form', [0xc0, 0x80]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
  ])('refuses %s', (_, bytes) => {
    expect(() => createEventStreamParser(100).push(new Uint8Array(bytes))).toThrow(isMalformed)
  })
})
