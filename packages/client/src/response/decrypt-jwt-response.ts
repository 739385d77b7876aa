/** Step `response`: the signed answer inside an encrypted one, a nested JWT (RFC 9701 §6, RFC 7519 §5.2). */
import { CONTENT_ENCRYPTION_ALGORITHMS, type JsonObject } from '@token-introspection/core'
import { ResponseUntrustedError } from '../errors.ts'
import { loadJose } from '../keys/load-jose.ts'
import { decodeUtf8 } from './decode-utf8.ts'
import { isCompactJws, parseJoseHeader } from './jose-header.ts'
import type { DecryptionKey } from './decryption-key.ts'

/** The media types of what is inside, as `cty` may have them (RFC 7519 §5.2, RFC 7515 §4.1.10). */
const CONTENT_TYPE = /^(?:application\/)?(?:token-introspection\+)?jwt$/i

/**
 * Decrypts with the one key or those few that fit by `alg` and `kid`. Each of them does one algorithm, so that the
 * header chooses none; nothing compressed is taken (RFC 8725 §3.6).
 *
 * @throws ResponseMalformedError when the header is none, or what is inside no text.
 * @throws ResponseUntrustedError when no key decrypts it, or what is inside is not signed.
 */
export async function decryptJwtResponse(jwe: string, keys: readonly DecryptionKey[]): Promise<string> {
  const header = parseJoseHeader(jwe)
  if (header['zip'] !== undefined) throw new ResponseUntrustedError('the answer is compressed and then encrypted')
  if (typeof header['cty'] !== 'string' || !CONTENT_TYPE.test(header['cty'])) {
    throw new ResponseUntrustedError('the answer is encrypted, and its cty does not say that a JWT is inside')
  }
  const jws = decodeUtf8(await decrypt(jwe, keys.filter(fits(header))))
  // Encryption takes a public key, which anybody may have; only a signature says who answers.
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
      // Whatever the reason, it is told to nobody: the next key, or none.
    }
  }
  throw new ResponseUntrustedError('the answer is encrypted, and no key of response.jwt.decryptionKeys decrypts it')
}
