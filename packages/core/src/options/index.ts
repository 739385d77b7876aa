/** How every options object of these packages is read: once, copied, checked, with the path of what is wrong. */
export { checkOptionNames, copyOptions, type NumberBounds, OptionGroup } from './option-group.ts'
export { httpRemedy, resolveUrlRules, URL_RULE_OPTIONS } from './url-rules.ts'
