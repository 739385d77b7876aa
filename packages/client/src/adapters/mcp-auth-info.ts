/** What tools of an MCP server get about a token. */
import type { IncomingMessage } from 'node:http'
import type { AuthInfo } from '@modelcontextprotocol/sdk/server/auth/types.js'
import type { ActiveIntrospectionResult, Guard } from '../index.ts'
import { authInfoOf } from './auth-info.ts'
import { toGuardRequest } from './node.ts'
import { tokenReadBy } from './token-read-by.ts'

/** What the SDK gives to tools as `authInfo`. `extra` is the answer about the token, with the type of your claims. */
export interface McpAuthInfo<Token extends object = ActiveIntrospectionResult> extends Omit<AuthInfo, 'extra'> {
  readonly extra: Token & Record<string, unknown>
}

/** Finds the answer about a token in what tools get. */
export interface McpTokens<Token> {
  /**
   * The answer about the token, with the type of your claims. The SDK gives `authInfo` to tools with types of its own.
   *
   * @param authInfo - the second argument of a tool has it.
   * @throws TypeError when it does not come from this guard.
   */
  readonly tokenOf: (authInfo: AuthInfo | undefined) => Token
}

/** How `authInfo` is made. */
export interface McpGateOptions {
  /**
   * The identifier of this server, for `authInfo.resource`, if it is among the audiences of the token. Default the only
   * audience of the token, if it is a URL.
   */
  readonly resource?: string | undefined
}

/** Makes `authInfo` for tools, and finds the answer in it again. */
export class PassedAuthInfo<Token extends ActiveIntrospectionResult> {
  readonly #guard: Guard
  readonly #resource: string | undefined
  readonly #answers = new WeakSet<object>()

  /** @param resource - the identifier of this server. */
  constructor(guard: Guard, resource: string | undefined) {
    this.#guard = guard
    this.#resource = resource
  }

  toAuthInfo(token: string, answer: Token | undefined): McpAuthInfo<Token> {
    // The types exclude this, but callers may be plain JavaScript.
    if (answer === undefined)
      throw new TypeError('guard: must not be optional, because the SDK has no request without a token')
    const { clientId, scopes, expiresAt, resource } = authInfoOf(answer, this.#resource)
    this.#answers.add(answer)
    return {
      token,
      clientId,
      scopes,
      ...(expiresAt !== undefined && { expiresAt }),
      ...(resource !== undefined && { resource }),
      extra: answer,
    }
  }

  /** Puts `authInfo` where the transport for Node's requests reads it. */
  attach<Req extends IncomingMessage>(request: Req, answer: Token | undefined): Req & { auth: McpAuthInfo<Token> } {
    const token = tokenReadBy(this.#guard, toGuardRequest(request))
    return Object.assign(request, { auth: this.toAuthInfo(token, answer) })
  }

  tokenOf(authInfo: AuthInfo | undefined): Token {
    const answer: object | undefined = authInfo?.extra
    if (answer === undefined || !this.#answers.has(answer))
      throw new TypeError('authInfo: does not come from this guard')
    return answer as Token
  }
}
