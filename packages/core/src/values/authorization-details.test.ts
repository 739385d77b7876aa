import { describe, expect, test } from 'vitest'
import { authorizationDetailsInclude, authorizationDetailsSchema } from './authorization-details.ts'

const payment = {
  type: 'payment_initiation',
  locations: ['https://api.example/payments'],
  actions: ['initiate', 'status'],
  datatypes: ['amount'],
  identifier: 'account-1',
  privileges: ['owner'],
  instructedAmount: { currency: 'EUR', amount: '123.50' },
}

describe('authorizationDetailsInclude', () => {
  test.each([
    ['action', { type: 'payment_initiation', action: ['delete'] }],
    ['Actions', { type: 'payment_initiation', Actions: ['delete'] }],
    ['instructedAmount', { type: 'payment_initiation', instructedAmount: { currency: 'EUR', amount: '9999' } }],
    ['actions', { type: 'payment_initiation', actions: 'initiate' }],
    ['actions', { type: 'payment_initiation', actions: [] }],
    ['identifier', { type: 'payment_initiation', identifier: '' }],
    ['type', { actions: ['initiate'] }],
  ])('throws for %s %j in the wanted detail, because it could not be compared', (name, wanted) => {
    expect(() => authorizationDetailsInclude([payment], wanted as never)).toThrow(TypeError)
    expect(() => authorizationDetailsInclude([payment], wanted as never)).toThrow(`wanted.${name}: `)
  })

  test('does not match part of a string', () => {
    const details = [{ type: 'payment', actions: 'initiate status' }] as never
    expect(authorizationDetailsInclude(details, { type: 'payment', actions: ['initiate'] })).toBe(false)
    expect(authorizationDetailsInclude([payment], { type: 'payment_initiation', actions: ['initiate'] })).toBe(true)
  })
})

describe('authorizationDetailsSchema', () => {
  test.each([
    ['none', []],
    ['the common fields and fields of the type', [payment]],
    ['a type alone', [{ type: 'x' }]],
    ['one type twice', [payment, { ...payment, identifier: 'account-2' }]],
  ])('accepts %s and keeps it', (_, details) => {
    expect(authorizationDetailsSchema.safeParse(details).data).toEqual(details)
  })

  test.each([
    ['text', JSON.stringify([payment])],
    ['one object', payment],
    ['null', null],
    ['an array in the array', [[payment]]],
    ['a string in the array', ['payment_initiation']],
    ['no type', [{ actions: ['read'] }]],
    ['an empty type', [{ type: '' }]],
    ['a type that is an array', [{ type: ['x'] }]],
    ['one wrong object among correct ones', [payment, {}]],
    ['actions that are one string', [{ type: 'x', actions: 'read' }]],
    ['locations that are numbers', [{ type: 'x', locations: [1] }]],
    ['an identifier that is a number', [{ type: 'x', identifier: 1 }]],
    ['privileges that are null', [{ type: 'x', privileges: null }]],
  ])('refuses %s', (_, details) => {
    expect(authorizationDetailsSchema.safeParse(details).success).toBe(false)
  })
})

describe('authorizationDetailsInclude', () => {
  test('requires all wanted rights in one object', () => {
    const wanted = { type: payment.type, actions: ['status'], privileges: ['owner'], datatypes: ['amount'] }
    expect(authorizationDetailsInclude([payment], wanted)).toBe(true)
    const halves = [
      { ...payment, privileges: [] },
      { ...payment, actions: ['initiate'] },
    ]
    expect(authorizationDetailsInclude(halves, wanted)).toBe(false)
    expect(authorizationDetailsInclude([{ type: payment.type }], wanted)).toBe(false)
    expect(authorizationDetailsInclude([], { type: payment.type })).toBe(false)
  })
})
