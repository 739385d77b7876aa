import { expect, test } from 'vitest'
import { withBuiltExtensions } from './built-extensions.ts'

test.each([
  [
    "import { A } from './a.ts';\nexport type { B } from '../b.ts';",
    "import { A } from './a.js';\nexport type { B } from '../b.js';",
  ],
  ["export declare const a: import('./a.ts').A;", "export declare const a: import('./a.js').A;"],
  ["import { A } from 'a.ts';", "import { A } from 'a.ts';"],
  ["import { A } from './a.js';", "import { A } from './a.js';"],
  ["/** import './a.ts' */\nexport {};", "/** import './a.ts' */\nexport {};"],
])('turns %j into %j', (declarations, built) => {
  expect(withBuiltExtensions(declarations, 'index.d.ts')).toBe(built)
})
