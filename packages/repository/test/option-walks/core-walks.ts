/** Walks of the entries of `core`. */
import * as core from '@token-introspection/core'
import * as logging from '@token-introspection/core/logging'
import { OptionGroup } from '@token-introspection/core/options'
import { createMemoryReplayStore } from '@token-introspection/core/replay'
import { detail, issuer, kind, loggerOptions, permission, replayOptions } from './shared-values.ts'
import { walk, type WalksByEntry } from './walk.ts'

const urlRules = { allowHttpOnLoopback: true, allowHttpOrigins: new Set(['http://keycloak:8080']) }

export const CORE_WALKS: WalksByEntry = {
  core: [
    walk('authorizationDetailsInclude', detail, (wanted) => core.authorizationDetailsInclude([], wanted), {
      path: 'wanted',
    }),
    walk('permissionsInclude', permission, (wanted) => core.permissionsInclude([], wanted, 0), { path: 'wanted' }),
    walk('readWantedDetail', detail, (wanted) => core.readWantedDetail('wanted', wanted), { path: 'wanted' }),
    walk('readWantedPermission', permission, (wanted) => core.readWantedPermission('wanted', wanted), {
      path: 'wanted',
    }),
    walk('readTokenKind', kind, (kinds) => core.readTokenKind(new OptionGroup('', { kinds }, ['kinds']), 'kinds'), {
      path: 'kinds',
    }),
    walk('resolveCertificateField', { format: 'nginx', isTrustedProxy: () => true, header: 'x-cert' }, (options) =>
      core.resolveCertificateField(new OptionGroup('', options, core.CERTIFICATE_FIELD_OPTIONS)),
    ),
    walk(
      'resolveCertificateField (with a function)',
      { parse: () => undefined, isTrustedProxy: () => true, header: 'x-cert' },
      (options) => core.resolveCertificateField(new OptionGroup('', options, core.CERTIFICATE_FIELD_OPTIONS)),
    ),
    walk('isIssuer', urlRules, (rules) => core.isIssuer(issuer, rules), { path: 'rules' }),
    walk('isSecureUrl', urlRules, (rules) => core.isSecureUrl(new URL(issuer), rules), {
      path: 'rules',
    }),
    walk('parseForm', { maxParameters: 5 }, (limits) => core.parseForm('a=b', limits), { path: 'limits' }),
  ],
  'core/replay': [walk('createMemoryReplayStore', replayOptions, createMemoryReplayStore)],
  'core/logging': [
    walk('createLogWriter', loggerOptions, (options) =>
      logging.createLogWriter(console, options, () => ({ level: 'info', message: 'm' })),
    ),
  ],
}
