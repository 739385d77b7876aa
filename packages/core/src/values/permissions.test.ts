import { describe, expect, test } from 'vitest'
import { permissionsInclude, permissionsSchema } from './permissions.ts'

const photo = { resource_id: '112210f47de98100', resource_scopes: ['view', 'https://photo.example/print'] }

describe('permissionsSchema', () => {
  test.each([
    ['none', []],
    ['a resource with scopes', [photo]],
    ['a resource without scopes', [{ resource_id: 'r', resource_scopes: [] }]],
    ['times', [{ ...photo, exp: 1419356238, iat: 1419350238, nbf: 0 }]],
    ['unregistered members', [{ ...photo, foo: 1 }]],
  ])('accepts %s and keeps it', (_, permissions) => {
    expect(permissionsSchema.safeParse(permissions).data).toEqual(permissions)
  })

  test.each([
    ['one object', photo],
    ['no resource', [{ resource_scopes: [] }]],
    ['a resource that is a number', [{ resource_id: 1, resource_scopes: [] }]],
    ['no scopes', [{ resource_id: 'r' }]],
    ['scopes that are one string', [{ resource_id: 'r', resource_scopes: 'view print' }]],
    ['scopes that are numbers', [{ resource_id: 'r', resource_scopes: [1] }]],
    ['an expiry that is a string', [{ ...photo, exp: '1419356238' }]],
    ['an expiry in milliseconds', [{ ...photo, exp: 1419356238000 }]],
    ['an issuing time that is null', [{ ...photo, iat: null }]],
  ])('refuses %s', (_, permissions) => {
    expect(permissionsSchema.safeParse(permissions).success).toBe(false)
  })
})

describe('permissionsInclude', () => {
  test('requires the resource, every scope and the time in one permission', () => {
    const now = 1000
    const timed = { ...photo, exp: 1001, nbf: 1000 }
    const wanted = { resourceId: photo.resource_id, resourceScopes: ['view'] }
    expect(permissionsInclude([timed], wanted, now)).toBe(true)
    expect(permissionsInclude([timed], wanted, now + 1)).toBe(false)
    expect(permissionsInclude([timed], wanted, now - 1)).toBe(false)
    expect(permissionsInclude([timed], { ...wanted, resourceScopes: ['view', 'delete'] }, now)).toBe(false)
    expect(permissionsInclude([timed], { ...wanted, resourceId: 'other' }, now)).toBe(false)
    expect(permissionsInclude([], { resourceId: photo.resource_id }, now)).toBe(false)
  })

  test.each([
    ['scopes', { resourceId: photo.resource_id, scopes: ['delete'] }],
    ['resourceScopes', { resourceId: photo.resource_id, resourceScopes: 'view' }],
    ['resourceId', { resourceScopes: ['view'] }],
  ])('throws for %s %j in the wanted permission, because it could not be compared', (name, wanted) => {
    expect(() => permissionsInclude([photo], wanted as never, 0)).toThrow(TypeError)
    expect(() => permissionsInclude([photo], wanted as never, 0)).toThrow(`wanted.${name}: `)
  })

  test.each([
    ['scopes in one string', { ...photo, resource_scopes: 'view print' }],
    ['an exp that is a string', { ...photo, exp: '1419356238' }],
    ['an exp that is null', { ...photo, exp: null }],
    ['an nbf that is a string', { ...photo, nbf: '0' }],
  ])('does not grant by %s', (_, permission) => {
    const wanted = { resourceId: photo.resource_id, resourceScopes: ['view'] }
    expect(permissionsInclude([permission as never], wanted, 1000)).toBe(false)
  })
})
