/** The declarations that a compiler gets which is too old for the real ones. Its error names the file, and so the remedy. */

/** The condition in `exports` of the compilers that are too old: they do not know a generic `Uint8Array`. */
export const OLDER_COMPILERS = 'types@<5.7'

/** The path of the notice in a package. */
export const NOTICE = './dist/typescript-5.7-or-newer-is-needed.d.ts'

/** It must stay without `import` and `export`, because the compiler then says that the file is not a module. */
export const NOTICE_TEXT = '// The declarations of this package need TypeScript 5.7 or newer.\n'
