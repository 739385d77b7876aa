/** Reads the options objects of these packages. */
export { checkOptionNames, copyOptions, type NumberBounds, OptionGroup } from './option-group.ts'
export { type FindSecret, resolveSecret } from './secret-option.ts'
export { httpRemedy, resolveUrlRules, URL_RULE_OPTIONS } from './url-rules.ts'
