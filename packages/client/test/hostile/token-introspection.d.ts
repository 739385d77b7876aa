/** Types for the part of token-introspection 3 that these tests use. The package has no types. */
declare module 'token-introspection' {
  interface Options {
    readonly endpoint: string
    readonly client_id: string
    readonly client_secret: string
    readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  }

  interface TokenIntrospection {
    (options: Options): (token: string) => Promise<{ readonly active: unknown }>
    readonly errors: { readonly TokenNotActiveError: new () => Error }
  }

  const tokenIntrospection: TokenIntrospection
  export default tokenIntrospection
}
