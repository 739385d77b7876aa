/** The parts of clients that the tests use, for clients without types that TypeScript can find. */

declare module 'openid-client4' {
  export { Issuer } from 'openid-client5'
}

declare module 'simple-oauth2' {
  interface Configuration {
    readonly client: { readonly id: string; readonly secret: string }
    readonly auth: { readonly tokenHost: string; readonly revokePath: string }
    readonly options?: {
      readonly credentialsEncodingMode?: 'strict' | 'loose'
      readonly authorizationMethod?: 'header' | 'body'
    }
  }

  export class AuthorizationCode {
    constructor(configuration: Configuration)
    createToken(token: {
      readonly access_token: string
      readonly refresh_token: string
      readonly expires_in: number
    }): {
      revoke(type: 'access_token' | 'refresh_token'): Promise<void>
    }
  }
}
