/** Writes the notice for older compilers into each built package. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { publicPackages } from '../workspace/workspace.ts'
import { NOTICE, NOTICE_TEXT } from './notice.ts'

for (const { directory } of publicPackages()) writeFileSync(join(directory, NOTICE), NOTICE_TEXT)
