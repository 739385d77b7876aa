import { describe, expect, test } from 'vitest'
import { httpRemedy, OptionGroup, resolveUrlRules, URL_RULE_OPTIONS } from './index.ts'
import { isIssuer, isSecureUrl } from '../values/issuer.ts'

const group = (values: object) => new OptionGroup('transport', values, URL_RULE_OPTIONS)
const rules = (origins: unknown) => resolveUrlRules(group({ allowHttpOrigins: origins }))

describe('allowHttpOrigins', () => {
  test.each([
    ['http://keycloak:8080/realms/acme', true],
    ['http://KEYCLOAK:8080/', true],
    ['https://anything.example', true],
    ['http://keycloak/', false],
    ['http://keycloak:8081/', false],
    ['http://keycloak.evil.example:8080/', false],
    ['http://keycloak:8080@evil.example/', false],
    ['http://keycloak.:8080/', false],
    ['http://evil.example:8080/keycloak:8080', false],
    ['http://evil.example#@keycloak:8080/', false],
    ['http://evil.example\\@keycloak:8080/', false],
    ['http://\u212aeycloak:8080/', true],
    ['http://k\u0435ycloak:8080/', false],
    ['http://127.0.0.1:8080/', false],
    ['ftp://keycloak:8080/', false],
  ])('with one origin, the URL %s is allowed: %s', (url, fits) => {
    expect(isSecureUrl(new URL(url), rules(['http://keycloak:8080']))).toBe(fits)
  })

  test('take the port that http has by default, written or not', () => {
    expect(isSecureUrl(new URL('http://keycloak:80/realms/acme'), rules(['http://keycloak']))).toBe(true)
    expect(isSecureUrl(new URL('http://keycloak:443/'), rules(['http://keycloak']))).toBe(false)
  })

  test('take a name with a dot at the end as another name', () => {
    expect(isSecureUrl(new URL('http://keycloak.:8080/'), rules(['http://keycloak.:8080']))).toBe(true)
    expect(isSecureUrl(new URL('http://keycloak:8080/'), rules(['http://keycloak.:8080']))).toBe(false)
  })

  test('allow an issuer on that origin', () => {
    expect(isIssuer('http://keycloak:8080/realms/acme', rules(['http://keycloak:8080']))).toBe(true)
    expect(isIssuer('http://keycloak:8080/realms/acme', rules(undefined))).toBe(false)
  })

  test.each([
    ['http://kc:8080/', 'http://kc:8080'],
    ['http://kc:8080/realms', 'http://kc:8080'],
    ['http://KC:8080', 'http://kc:8080'],
    ['http://kc:80', 'http://kc'],
    ['http://user:hunter2@kc:8080', 'http://kc:8080'],
    ['http://m\u00fcnchen:8080', 'http://xn--mnchen-3ya:8080'],
    ['http://0x7f.1:8080', 'http://127.0.0.1:8080'],
    ['http://kc:8080?', 'http://kc:8080'],
    ['http://kc:8080#', 'http://kc:8080'],
    ['http://kc:08080', 'http://kc:8080'],
    [' http://kc:8080', 'http://kc:8080'],
    ['http://*', 'http://keycloak:8080'],
    ['http://*.svc:8080', 'http://keycloak:8080'],
    ['https://kc:8080', 'http://keycloak:8080'],
    ['kc:8080', 'http://keycloak:8080'],
  ])('refuse %s, and suggest %s', (origin, proposal) => {
    expect(() => rules(['http://good:8080', origin])).toThrow(
      new TypeError(
        `transport.allowHttpOrigins: must be http origins: scheme, host and port, without a path or a slash after it, such as ${proposal}`,
      ),
    )
  })
})

describe('httpRemedy', () => {
  test.each([
    ['http://localhost:8080', '; for http on this machine set transport.allowHttpOnLoopback: true'],
    [
      'http://user:hunter2@keycloak:8080/realms/acme?a=b',
      "; for http inside a network you trust set transport.allowHttpOrigins: ['http://keycloak:8080']",
    ],
    ['https://keycloak:8080', ''],
    ['nonsense', ''],
    [5, ''],
  ])('for %s is %j', (value, remedy) => {
    expect(httpRemedy(value, group({}))).toBe(remedy)
  })
})
