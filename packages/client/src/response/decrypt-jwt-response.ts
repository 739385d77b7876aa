/** Step `response`: decrypts an answer into the signed answer inside, a nested JWT (RFC 9701 §6, RFC 7519 §5.2). */
import { CONTENT_ENCRYPTION_ALGORITHMS, type JsonObject } from '@token-introspection/core'
import { ResponseUntrustedError } from '../errors.ts'
import { loadJose } from '../keys/load-jose.ts'
import { decodeUtf8 } from './decode-utf8.ts'
import { isCompactJws, parseJoseHeader } from './jose-header.ts'
import type { DecryptionKey } from './decryption-key.ts'

/** Accepted `cty` values of the encrypted answer (RFC 7519 §5.2, RFC 7515 §4.1.10). */
const CONTENT_TYPE = /^(?:application\/)?(?:token-introspection\+)?jwt$/i

/**
 * Decrypts with the one key, or the few keys, that fit by `alg` and `kid`. Each key has one algorithm, so the header
 * cannot choose one. Compressed content is refused (RFC 8725 §3.6).
 *
 * @throws ResponseMalformedError when the header is malformed, or the content is not text.
 * @throws ResponseUntrustedError when no key decrypts it, or the content is not signed.
 */
export async function decryptJwtResponse(jwe: string, keys: readonly DecryptionKey[]): Promise<string> {
  const header = parseJoseHeader(jwe)
  if (header['zip'] !== undefined) throw new ResponseUntrustedError('the answer is compressed and then encrypted')
  if (typeof header['cty'] !== 'string' || !CONTENT_TYPE.test(header['cty'])) {
    throw new ResponseUntrustedError('the answer is encrypted, and its cty is not JWT')
  }
  const jws = decodeUtf8(await decrypt(jwe, keys.filter(fits(header))))
  // Anybody can encrypt with a public key. Only a signature proves who answers.
  if (!isCompactJws(jws)) throw new ResponseUntrustedError('the answer is encrypted and not signed')
  return jws
}

function fits({ alg, kid }: JsonObject): (key: DecryptionKey) => boolean {
  return (key) => key.alg === alg && (kid === undefined || key.kid === undefined || key.kid === kid)
}

async function decrypt(jwe: string, keys: readonly DecryptionKey[]): Promise<Uint8Array> {
  const { compactDecrypt } = await loadJose()
  for (const { alg, key } of keys) {
    try {
      const { plaintext } = await compactDecrypt(jwe, key, {
        keyManagementAlgorithms: [alg],
        contentEncryptionAlgorithms: [...CONTENT_ENCRYPTION_ALGORITHMS],
      })
      return plaintext
    } catch {
      // The reason is not reported. Try the next key.
    }
  }
  throw new ResponseUntrustedError('the answer is encrypted, and no key of response.jwt.decryptionKeys decrypts it')
}
