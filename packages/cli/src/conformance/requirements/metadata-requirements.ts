/** The metadata of the issuer (RFC 8414). */
import { isIssuer } from '@token-introspection/core'
import { firstFault, passedIf, type Requirement, skipped } from '../requirement.ts'

const METHODS = 'introspection_endpoint_auth_methods_supported'
const ALGORITHMS = 'introspection_endpoint_auth_signing_alg_values_supported'

/** The requirements. */
export const METADATA_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'META-01',
    clause: 'RFC 8414 §2',
    title: 'The issuer is an https URL without query and fragment (http on this machine).',
    level: 'must',
    needs: ['metadata'],
    run: ({ metadata }) =>
      Promise.resolve(
        passedIf(
          isIssuer(metadata?.reply.members?.['issuer'], { allowHttpOnLoopback: true }),
          'issuer is none',
          metadata?.reply,
        ),
      ),
  },
  {
    id: 'META-04',
    clause: 'RFC 8414 §3.2',
    title: 'The document is application/json.',
    level: 'must',
    needs: ['metadata'],
    run: ({ metadata }) =>
      Promise.resolve(
        passedIf(
          metadata?.reply.mediaType === 'application/json',
          `the media type is ${metadata?.reply.mediaType ?? 'missing'}`,
          metadata?.reply,
        ),
      ),
  },
  {
    id: 'META-05',
    clause: 'RFC 8414 §3.3',
    title: 'issuer of the document is exactly the issuer that was asked.',
    level: 'must',
    needs: ['metadata'],
    run: ({ metadata }) =>
      Promise.resolve(
        passedIf(
          metadata?.reply.members?.['issuer'] === metadata?.issuer,
          `issuer is ${JSON.stringify(metadata?.reply.members?.['issuer'])}, and ${JSON.stringify(metadata?.issuer)} was asked`,
          metadata?.reply,
        ),
      ),
  },
  {
    id: 'META-09',
    clause: 'RFC 8414 §2',
    title: 'Who lists a method with a JWT also lists its algorithms, and none is not among them.',
    level: 'must',
    needs: ['metadata'],
    run({ metadata }) {
      const { [METHODS]: methods, [ALGORITHMS]: algorithms } = metadata?.reply.members ?? {}
      const signs =
        Array.isArray(methods) && methods.some((each) => each === 'private_key_jwt' || each === 'client_secret_jwt')
      if (!signs && algorithms === undefined) return Promise.resolve(skipped('no method with a JWT is listed'))
      const listed: unknown[] = Array.isArray(algorithms) ? algorithms : []
      return Promise.resolve(
        firstFault([
          passedIf(listed.length > 0, `${ALGORITHMS} is missing`, metadata?.reply),
          passedIf(!listed.includes('none'), `${ALGORITHMS} has none`, metadata?.reply),
        ]),
      )
    },
  },
  {
    id: 'META-10',
    clause: 'RFC 8414 §3.2',
    title: 'Empty lists are left out.',
    level: 'must',
    needs: ['metadata'],
    run({ metadata }) {
      const empty = Object.entries(metadata?.reply.members ?? {}).flatMap(([name, value]) =>
        Array.isArray(value) && value.length === 0 ? [name] : [],
      )
      return Promise.resolve(passedIf(empty.length === 0, `empty: ${empty.join(', ')}`, metadata?.reply))
    },
  },
]
