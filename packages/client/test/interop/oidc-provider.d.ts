/** Types for the part of oidc-provider 9 that the interop tests use. The package has no types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  export interface Client {
    readonly clientId: string
  }

  export interface Token {
    jti: string | undefined
    readonly exp: number
    /** Returns the value of the token. */
    save(): Promise<string>
    destroy(): Promise<void>
  }

  type TokenClass = new (members: Record<string, unknown>) => Token

  export interface Grant {
    addOIDCScope(scope: string): void
    addResourceScope(resource: string, scope: string): void
    /** Returns the identifier. */
    save(): Promise<string>
    destroy(): Promise<void>
  }

  export class Provider {
    constructor(issuer: string, configuration: Record<string, unknown>)
    readonly issuer: string
    readonly Client: { find(clientId: string): Promise<Client | undefined> }
    readonly Grant: new (
      members: Record<string, unknown>,
    ) => Grant
    readonly AccessToken: TokenClass
    readonly AuthorizationCode: TokenClass
    readonly InitialAccessToken: TokenClass
    readonly RegistrationAccessToken: TokenClass
    readonly RefreshToken: TokenClass
    readonly ClientCredentials: TokenClass
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>
    on(event: string, listener: (...parameters: unknown[]) => void): this
  }
}
