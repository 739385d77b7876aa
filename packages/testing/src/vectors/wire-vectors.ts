/** Messages and header fields as data. Tests of both sides use them. */

/** Requests, responses and header fields. */
export const wireVectors = {
  /** Form encoding from RFC 6749 appendix B, and characters that people use in secrets. */
  formComponents: [
    { decoded: ' %&+£€', encoded: '+%25%26%2B%C2%A3%E2%82%AC' },
    { decoded: 'a-b.c_d~e', encoded: 'a-b.c_d~e' },
    { decoded: "!*'()", encoded: '%21%2A%27%28%29' },
    { decoded: 'p: %+/é', encoded: 'p%3A+%25%2B%2F%C3%A9' },
  ],
  /** `Authorization` values for `client_secret_basic`. The first is from RFC 7662 §2.1. */
  basicCredentials: [
    { authorization: 'Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW', clientId: 's6BhdRkqt3', clientSecret: 'gX1fBat3bV' },
    { authorization: 'Basic YSUzQWI6YyUzQWQ=', clientId: 'a:b', clientSecret: 'c:d' },
    { authorization: 'Basic YXBpOnMlM0ErJTI1JTJCJUMzJUE5', clientId: 'api', clientSecret: 's: %+é' },
  ],
  /** Introspection requests (RFC 7662 §2.1). */
  requests: [
    { body: 'token=2YotnFZFEjr1zCsicMWpAA', token: '2YotnFZFEjr1zCsicMWpAA' },
    {
      body: 'token=mF_9.B5f-4.1JqM&token_type_hint=access_token',
      token: 'mF_9.B5f-4.1JqM',
      tokenTypeHint: 'access_token',
    },
    { body: 'token=a%2Bb%2Fc%3D%3D', token: 'a+b/c==' },
  ],
  /** Active responses. The first has the members of the example in RFC 7662 §2.2. */
  activeResponses: [
    {
      active: true,
      client_id: 'l238j323ds-23ij4',
      username: 'jdoe',
      scope: 'read write dolphin',
      sub: 'Z5O3upPC88QrAjx00dis',
      aud: 'https://protected.example.net/resource',
      iss: 'https://server.example.com/',
      exp: 1419356238,
      iat: 1419350238,
      extension_field: 'twenty-seven',
    },
    { active: true },
    {
      active: true,
      token_type: 'DPoP',
      cnf: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' },
      aud: ['https://a.example', 'https://b.example'],
    },
  ],
  /** Bodies that a client must never accept as an active answer (RFC 7662 §2.2). */
  notActive: [
    '{"active":"true"}',
    '{"active":"false"}',
    '{"active":1}',
    '{"active":null}',
    '{}',
    '[]',
    'true',
    'null',
    '"active"',
    '{"Active":true}',
    '{"data":{"active":true}}',
    '{"active":false,"active":true}',
    '{"active":false,"\\u0061ctive":true}',
    '{"__proto__":{"active":true}}',
    '{"active":true',
    '',
  ],
} as const
