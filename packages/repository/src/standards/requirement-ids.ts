/** The identifiers of requirements: a prefix per subject and two digits. */

const PREFIXES = [
  'REQ',
  'RSP',
  'ERR',
  'SEC',
  'JWT',
  'AUTH',
  'ASRT',
  'ATT',
  'MTLS',
  'META',
  'BEAR',
  'PRM',
  'STEP',
  'CERT',
  'DPOP',
  'EXT',
  'AT',
  'JOSE',
  'REV',
  'SET',
  'TSL',
  'FAPI',
  'BCP',
  'UMA',
  'MCP',
]

const ID = new RegExp(`\\b(?:${PREFIXES.join('|')})-\\d{2}\\b`, 'g')

/** Every identifier in a text, once. */
export function findIds(text: string): string[] {
  return [...new Set(text.match(ID))]
}

/** Whether a text is exactly one identifier. */
export function isId(text: string): boolean {
  return findIds(text)[0] === text
}
