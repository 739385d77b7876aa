/** Option `provider`: merges a preset with the options. The options win. */
import { copyOptions, OptionGroup } from '@token-introspection/core/options'
import type { TokenKind } from '../policy/policy.ts'
import { type AssertionPreset, readAssertionPreset } from '../transport/client-authentication/assertion-options.ts'

/** The option groups of a preset, and the options that each may hold. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  token: ['tokenTypeHint'],
  jwt: [
    'acceptUntyped',
    'aliases',
    'audienceFrom',
    'issuer',
    'kindClaims',
    'mode',
    'renames',
    'requiredClaims',
    'types',
  ],
  transport: ['parameters'],
  response: ['acceptedIssuers', 'aliases', 'inactiveWhen', 'renames', 'tolerate'],
  policy: ['acceptedTokenTypes', 'audience', 'tokenKind'],
}

/**
 * Fills the options from their preset, key by key, also in `response.tolerate`, `response.aliases`, `jwt.aliases`,
 * `jwt.renames` and `transport.parameters`. An option that is `undefined` counts as not given. A preset whose `jwt` has
 * no mode only describes the JWTs of its server; the options decide whether to verify them.
 *
 * @throws TypeError that names the wrong part of the preset, or a client authentication method that its server does not
 * support.
 */
export function applyProvider(options: unknown): unknown {
  // The code that reads the group reports a value that is not an object.
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return options
  // Read once, like every option.
  const given: Record<string, unknown> = copyOptions('options', options as Record<string, unknown>)
  if (given['provider'] === undefined) return given
  const { name, clientAuthentication, ...preset } = resolveProvider(given['provider'])
  checkMethod(given['clientAuthentication'], name, clientAuthentication)
  const { jwt, policy, ...rest } = preset as { readonly jwt?: Preset; readonly policy?: Preset }
  const readsJwts = jwt !== undefined && (given['jwt'] !== undefined || jwt['mode'] !== undefined)
  const merged = merge({ ...rest, ...(policy && { policy }), ...(readsJwts && { jwt }) }, given)
  const provider: ResolvedProvider = {
    assertion: clientAuthentication.assertion,
    answerKind: jwt?.['mode'] === 'local' ? undefined : ofPreset(policy, merged['policy']),
  }
  return { ...merged, provider }
}

/** The parts of option `provider` that are not options, after {@link applyProvider} has read it. */
export interface ResolvedProvider {
  /** How to make client assertions for this server, unless the options of `privateKeyJwt` and the like say it. */
  readonly assertion: AssertionPreset
  /**
   * The `policy.tokenKind` of the preset, if it describes the server's answers. `undefined` when the options have a
   * `tokenKind`, and for a server without introspection, because the rule then applies to JWTs as well.
   */
  readonly answerKind: TokenKind | undefined
}

/** The groups of a preset, after reading. */
type Preset = Readonly<Record<string, unknown>>

/** The `tokenKind` of the preset, unless the options have one. */
function ofPreset(preset: Preset | undefined, merged: unknown): TokenKind | undefined {
  const { tokenKind } = (merged ?? {}) as { readonly tokenKind?: TokenKind }
  return tokenKind === preset?.['tokenKind'] ? tokenKind : undefined
}

function resolveProvider(value: unknown) {
  const group = new OptionGroup('provider', value, [
    'name',
    'documentation',
    'issuer',
    'endpoint',
    'clientAuthentication',
    ...Object.keys(GROUPS),
  ])
  const name = group.string('name')
  if (name === undefined) throw group.error('name', 'is required')
  if (group.string('documentation')?.startsWith('https://') !== true) {
    throw group.error('documentation', 'must be an https URL')
  }
  return {
    name,
    clientAuthentication: resolveMethods(group),
    issuer: group.string('issuer'),
    endpoint: group.string('endpoint'),
    // An option group that is present turns its step on.
    ...Object.fromEntries(
      Object.entries(GROUPS).flatMap(([key, known]) => (group.has(key) ? [[key, readGroup(group, key, known)]] : [])),
    ),
  }
}

function readGroup(provider: OptionGroup, key: string, known: readonly string[]): Record<string, unknown> {
  const group = new OptionGroup(provider.path(key), provider.raw(key), known)
  if (group.raw('audience') === false)
    throw group.error('audience', 'must name a method. A preset cannot switch client authentication off')
  return Object.fromEntries(known.map((name) => [name, group.raw(name)]))
}

interface Methods {
  readonly takes: readonly string[]
  readonly refuses: readonly string[]
  readonly assertion: AssertionPreset
}

function resolveMethods(provider: OptionGroup): Methods {
  const group = new OptionGroup(provider.path('clientAuthentication'), provider.raw('clientAuthentication'), [
    'takes',
    'refuses',
    'assertion',
  ])
  const assertion = new OptionGroup(group.path('assertion'), group.raw('assertion'), [
    'audienceFrom',
    'typ',
    'sendClientId',
  ])
  return {
    takes: group.strings('takes') ?? [],
    refuses: group.strings('refuses') ?? [],
    assertion: readAssertionPreset(assertion),
  }
}

function checkMethod(given: unknown, name: string, methods: Methods): void {
  const method = (given as { method?: unknown } | null | undefined)?.method
  if (typeof method !== 'string' || !methods.refuses.includes(method)) return
  throw new TypeError(`clientAuthentication: ${name} does not take ${method}; it takes ${methods.takes.join(', ')}`)
}

/** Merges objects. Any other value is replaced. */
function merge(preset: object, given: object): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...preset }
  for (const [name, value] of Object.entries(given) as [string, unknown][]) {
    if (value === undefined) continue
    const under = merged[name]
    merged[name] = isObject(under) && isObject(value) ? merge(under, value) : value
  }
  return merged
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
