/** Option `provider`: what a preset says, under what the options say. */
import { copyOptions, OptionGroup } from '@token-introspection/core/options'
import type { TokenKind } from '../policy/policy.ts'
import { type AssertionPreset, readAssertionPreset } from '../transport/client-authentication/assertion-options.ts'

/** The groups of a preset, and what may stand in each. */
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
 * The options with those of their preset where they have none, key by key, in `response.tolerate`, `response.aliases`,
 * `jwt.aliases`, `jwt.renames` and `transport.parameters` too. What is given as `undefined` is not given. A preset whose
 * `jwt` names no mode says how to read the JWTs of its server, and leaves it to the options to verify any.
 *
 * @throws TypeError naming what is wrong with the preset, or the client authentication its server does not take.
 */
export function applyProvider(options: unknown): unknown {
  // What is no object is told by who reads it.
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return options
  // Read once, as everything of the caller's.
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

/** What stands in option `provider` once {@link applyProvider} has read it: what belongs to no option. */
export interface ResolvedProvider {
  /** How client assertions are made for this server, where `privateKeyJwt` and the like are not told otherwise. */
  readonly assertion: AssertionPreset
  /**
   * The `policy.tokenKind` of the preset, where it is what the server's answers say. `undefined` where the options name a
   * kind themselves, and where the server has no introspection: then the rule is about JWTs too.
   */
  readonly answerKind: TokenKind | undefined
}

/** Groups of a preset as they were read. */
type Preset = Readonly<Record<string, unknown>>

/** The kind of the preset, unless the options have another. */
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
    // A group that is there turns its step on.
    ...Object.fromEntries(
      Object.entries(GROUPS).flatMap(([key, known]) => (group.has(key) ? [[key, readGroup(group, key, known)]] : [])),
    ),
  }
}

function readGroup(provider: OptionGroup, key: string, known: readonly string[]): Record<string, unknown> {
  const group = new OptionGroup(provider.path(key), provider.raw(key), known)
  if (group.raw('audience') === false)
    throw group.error('audience', 'must name one: to do without is not for data to say')
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

/** Objects are merged, anything else is replaced. */
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
