/** Reads the options objects of these packages. */
export { createFinder, type FindValue, type FoundValue } from './found-value.ts'
export { resolveIssuer } from './issuer-option.ts'
export { checkOptionNames, copyOptions, type NumberBounds, OptionGroup } from './option-group.ts'
export { sayKind } from './say-kind.ts'
export { sayUnknown, suggest } from './say-unknown.ts'
export { type FindSecret, MIN_SECRET_LENGTH, resolveSecret } from './secret-option.ts'
export { httpRemedy, resolveUrlRules, URL_RULE_OPTIONS } from './url-rules.ts'
