/** The rules are data of the checks of the repository. */
export { configuration as default } from './packages/repository/src/import-rules/rules.ts'
