/** Credentials that the step `clientAuthentication` refuses or accepts. */
import { ACTIVE, basic, NEXT_SECRET, OTHER_SECRET, post, SECRET, token } from '../../endpoint.ts'
import { invalidClient, invalidRequest } from './expect-answers.ts'
import { active, anonymous, type Case } from './introspection-case.ts'

/** Credentials that the step `clientAuthentication` refuses. */
export const refusedCredentials: readonly Case[] = [
  ['no credentials', post(active, anonymous), 401, invalidClient],
  ['no credentials, an empty token', post('token=', anonymous), 401, invalidClient],
  ['no credentials, no token', post('', anonymous), 401, invalidClient],
  ['a wrong secret and no token', post('', { authorization: basic('orders-api', 'wrong') }), 401, invalidClient],
  [
    'a wrong secret and a repeated token',
    post('token=a&token=b', { authorization: basic('orders-api', 'wrong') }),
    401,
    invalidClient,
  ],
  ['a wrong secret', post(active, { authorization: basic('orders-api', 'wrong') }), 401, invalidClient],
  ['an empty secret', post(active, { authorization: basic('orders-api', '') }), 401, invalidClient],
  [
    'the secret of another caller',
    post(active, { authorization: basic('orders-api', OTHER_SECRET) }),
    401,
    invalidClient,
  ],
  ['an unknown protected resource', post(active, { authorization: basic('nobody', SECRET) }), 401, invalidClient],
  ['an identifier in another case', post(active, { authorization: basic('Orders-API', SECRET) }), 401, invalidClient],
  ['a client that only owns tokens', post(active, { authorization: basic('web', SECRET) }), 401, invalidClient],
  ['Basic that is not base64', post(active, { authorization: 'Basic *****' }), 401, invalidClient],
  ['Basic with an incomplete group of base64', post(active, { authorization: 'Basic abcde' }), 401, invalidClient],
  ['Basic without a colon', post(active, { authorization: `Basic ${btoa('orders-api')}` }), 401, invalidClient],
  ['Basic with a broken escape', post(active, { authorization: basic('orders-api', '%zz') }), 401, invalidClient],
  ['Basic that is not UTF-8', post(active, { authorization: `Basic ${btoa('orders-api:\xff')}` }), 401, invalidClient],
  [
    'Basic with a control character',
    post(active, { authorization: basic('orders-api', 'a\u0000b') }),
    401,
    invalidClient,
  ],
  [
    'Basic with an escaped control character',
    post(active, { authorization: basic('orders-api', 'a%00b') }),
    401,
    invalidClient,
  ],
  ['Basic with nothing', post(active, { authorization: 'Basic' }), 401, invalidClient],
  ['Basic with parameters', post(active, { authorization: 'Basic realm="x"' }), 401, invalidClient],
  ['Bearer', post(active, { authorization: 'Bearer 2YotnFZFEjr1zCsicMWpAA' }), 401, invalidClient],
  ['the token itself as Bearer', post(active, { authorization: `Bearer ${token('active')}` }), 401, invalidClient],
  ['an identifier without a secret', post({ ...active, client_id: 'orders-api' }, anonymous), 401, invalidClient],
  ['a secret without an identifier', post({ ...active, client_secret: SECRET }, anonymous), 401, invalidClient],
  [
    'a wrong secret in the form',
    post({ ...active, client_id: 'orders-api', client_secret: 'wrong' }, anonymous),
    401,
    invalidClient,
  ],
  [
    'empty credentials in the form',
    post({ ...active, client_id: '', client_secret: '' }, anonymous),
    401,
    invalidClient,
  ],
  [
    'credentials in the query',
    post(active, anonymous, { target: `/introspect?client_id=orders-api&client_secret=${SECRET}` }),
    401,
    invalidClient,
  ],
  [
    'two Authorization fields',
    post(active, { authorization: [basic('orders-api', SECRET), basic('orders-api', SECRET)] }),
    401,
    invalidClient,
  ],
  [
    'an assertion',
    post({ ...active, client_assertion: 'e30.e30.', client_assertion_type: 'urn:x' }, anonymous),
    401,
    invalidClient,
  ],
  ['an assertion beside Basic', post({ ...active, client_assertion: 'e30.e30.' }), 401, invalidClient],
  [
    'Basic when it is not enabled',
    post(active),
    401,
    invalidClient,
    { clientAuthentication: { methods: ['client_secret_post'] } },
  ],
  [
    'a secret in the form when it is not enabled',
    post({ ...active, client_id: 'orders-api', client_secret: SECRET }, anonymous),
    401,
    invalidClient,
    { clientAuthentication: { methods: ['client_secret_basic'] } },
  ],
  [
    'a secret in the form beside Basic',
    post({ ...active, client_id: 'orders-api', client_secret: SECRET }),
    400,
    invalidRequest,
  ],
  ['a secret alone in the form beside Basic', post({ ...active, client_secret: SECRET }), 400, invalidRequest],
  ['another client_id beside Basic', post({ ...active, client_id: 'invoices-api' }), 400, invalidRequest],
]

/** Credentials that the step `clientAuthentication` accepts. */
export const takenCredentials: readonly Case[] = [
  ['empty credentials in the form beside Basic', post({ ...active, client_id: '', client_secret: '' }), 200, ACTIVE],
  ['the same client_id beside Basic', post({ ...active, client_id: 'orders-api' }), 200, ACTIVE],
  [
    'a lower-case scheme',
    post(active, { authorization: basic('orders-api', SECRET).replace('Basic', 'basic') }),
    200,
    ACTIVE,
  ],
  [
    'several spaces after the scheme',
    post(active, { authorization: basic('orders-api', SECRET).replace(' ', '   ') }),
    200,
    ACTIVE,
  ],
  [
    'base64 without padding',
    post(active, { authorization: basic('orders-api', NEXT_SECRET).replace(/=+$/, '') }),
    200,
    ACTIVE,
  ],
  ['the next secret of a rotation', post(active, { authorization: basic('orders-api', NEXT_SECRET) }), 200, ACTIVE],
  [
    'credentials in the form',
    post({ ...active, client_id: 'orders-api', client_secret: SECRET }, anonymous),
    200,
    ACTIVE,
  ],
]
