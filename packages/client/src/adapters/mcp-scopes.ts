/** The scopes that single operations of an MCP server need beside that of the guard. */
import { isScopeToken, parseScope } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import type { McpGateOptions } from './mcp-auth-info.ts'
import {
  INVALID_PARAMS,
  type McpBody,
  type McpBodyLimits,
  type McpFault,
  mcpFault,
  readMcpMessage,
} from './mcp-message.ts'

/** The scope of an operation: `'a b'` or `['a', 'b']` for all of them. An empty one needs nothing beside the scope of the guard. */
export type McpScope = string | readonly string[]

/**
 * Which operations need which further scope. The guard needs its own `scope` for every request, also for `initialize` and `tools/list`. A token
 * that lacks the further scope gets 403, and one challenge that names the scope of the guard and that of the operation.
 */
export interface McpScopes {
  /**
   * The scope of `tools/call`, by the name of the tool. Name every tool: a call of another one is answered 403 without a challenge, as no
   * token could help, unless `otherTools` has a scope. Default none: then `tools/call` needs nothing further.
   */
  readonly tools?: Readonly<Record<string, McpScope>> | undefined
  /** The scope of tools that `tools` does not name. Default none: calls of them are refused. */
  readonly otherTools?: McpScope | undefined
  /** The scope of JSON-RPC methods, by name, such as `resources/read`. That of `tools/call` adds to that of the tool. Default none. */
  readonly methods?: Readonly<Record<string, McpScope>> | undefined
  /** The most octets of a body that are read. A longer one is answered 413. Default 4 MiB, from 1 octet to 64 MiB. */
  readonly maxBodyBytes?: number | undefined
  /**
   * Milliseconds until the whole body must have arrived, from the moment when the guard begins to read it. A later one is answered 408.
   * Default 10,000, from 1 to 300,000.
   */
  readonly bodyTimeoutMs?: number | undefined
}

/** Options of the guards of MCP servers. */
export interface McpServerOptions extends McpGateOptions {
  /**
   * The further scope of single tools and methods. The body of a request is read for it, once its token is good, is for this
   * server, is the sender's and has the scope of the guard. Default none: then only the scope of the guard counts, and no body is read.
   */
  readonly scopes?: McpScopes | undefined
}

/** The option, resolved. */
export interface ResolvedMcpScopes {
  readonly tools: ReadonlyMap<string, readonly string[]> | undefined
  readonly otherTools: readonly string[] | undefined
  readonly methods: ReadonlyMap<string, readonly string[]>
  readonly body: McpBodyLimits
}

const DEFAULT_BODY_BYTES = 4_194_304
const MAX_BODY_BYTES = 67_108_864
const DEFAULT_BODY_TIMEOUT_MS = 10_000
const MAX_BODY_TIMEOUT_MS = 300_000
const METHODS_WITHOUT_MESSAGE = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS'])
const CALL = 'tools/call'

/** Reads the option `scopes`. @throws TypeError that names what is wrong. */
export function readMcpScopes(options: OptionGroup): ResolvedMcpScopes | undefined {
  if (!options.has('scopes')) return undefined
  const group = new OptionGroup(options.path('scopes'), options.raw('scopes'), [
    'tools',
    'otherTools',
    'methods',
    'maxBodyBytes',
    'bodyTimeoutMs',
  ])
  const tools = readMap(group, 'tools')
  if (tools === undefined && group.has('otherTools')) throw group.error('otherTools', 'needs tools')
  return {
    tools,
    otherTools: group.has('otherTools') ? readScope(group, 'otherTools') : undefined,
    methods: readMap(group, 'methods') ?? new Map(),
    body: {
      maxBytes: group.integer('maxBodyBytes', { default: DEFAULT_BODY_BYTES, min: 1, max: MAX_BODY_BYTES }),
      timeoutMs: group.integer('bodyTimeoutMs', { default: DEFAULT_BODY_TIMEOUT_MS, min: 1, max: MAX_BODY_TIMEOUT_MS }),
    },
  }
}

function readMap(group: OptionGroup, name: string): ReadonlyMap<string, readonly string[]> | undefined {
  if (!group.has(name)) return undefined
  const given: unknown = group.raw(name)
  const names = typeof given === 'object' && given !== null ? Object.getOwnPropertyNames(given) : []
  const scopes = new OptionGroup(group.path(name), given, names)
  return new Map(names.map((each) => [each, readScope(scopes, each)]))
}

function readScope(group: OptionGroup, name: string): readonly string[] {
  const given: unknown = group.raw(name)
  const tokens = typeof given === 'string' ? parseScope(given || undefined) : group.strings(name)
  if (tokens === undefined || !tokens.every(isScopeToken)) {
    throw group.error(name, 'must be scope tokens with a space between them, or an array of scope tokens')
  }
  if (tokens.includes('offline_access'))
    throw group.error(name, 'must not name offline_access, which no resource needs')
  return tokens
}

/** One request, whose message is read when the guard asks for its scope. */
export class McpOperation {
  readonly #scopes: ResolvedMcpScopes
  readonly #read: (limits: McpBodyLimits) => Promise<McpBody>
  #found: Promise<readonly string[]> | undefined
  #fault: McpFault | undefined
  #message: Readonly<Record<string, unknown>> | undefined
  #octets: Uint8Array | undefined

  /** @param read - reads the body, within its limits. */
  constructor(scopes: ResolvedMcpScopes, read: (limits: McpBodyLimits) => Promise<McpBody>) {
    this.#scopes = scopes
    this.#read = read
  }

  /** The further scope of the request. A request that is at fault needs none, and {@link end} has its response. */
  readonly requiredScope = (): Promise<readonly string[]> => (this.#found ??= this.#find())

  /** The message, for the transport. */
  get message(): Readonly<Record<string, unknown>> | undefined {
    return this.#message
  }

  /** The octets of the message, unless a parser has read them before. */
  get octets(): Uint8Array | undefined {
    return this.#octets
  }

  /**
   * The response to a request that the guard has let pass, but whose message is at fault.
   *
   * @throws TypeError when the guard has let it pass without a look at its scope.
   */
  end(): McpFault | undefined {
    if (this.#found === undefined) {
      throw new TypeError(
        'guard: did not ask which scope the request needs; a function that wraps a guard must pass requiredScope of the request on',
      )
    }
    return this.#fault
  }

  async #find(): Promise<readonly string[]> {
    const read = readMcpMessage(await this.#read(this.#scopes.body))
    if ('fault' in read) return this.#refuse(read.fault)
    this.#message = read.message
    this.#octets = read.octets
    const { tools, otherTools, methods } = this.#scopes
    const method = ownMember(read.message, 'method')
    const needed = typeof method === 'string' ? (methods.get(method) ?? []) : []
    if (method !== CALL || tools === undefined) return needed
    const name = ownMember(ownMember(read.message, 'params'), 'name')
    const own = (typeof name === 'string' ? tools.get(name) : undefined) ?? otherTools
    if (own !== undefined) return [...new Set([...needed, ...own])]
    return this.#refuse(mcpFault(403, INVALID_PARAMS, 'Unknown tool', ownMember(read.message, 'id')))
  }

  #refuse(fault: McpFault): readonly string[] {
    this.#fault = fault
    return []
  }
}

/** Whether a request can have a message. */
export function hasMcpMessage(method: string | undefined): boolean {
  return !METHODS_WITHOUT_MESSAGE.has(method ?? '')
}

/** An inherited member, such as `constructor`, is none of the message. */
function ownMember(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined
}
