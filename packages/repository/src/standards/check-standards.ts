/** Compares the page about the standards with the code and the tests. */
import type { Citations } from './citations.ts'
import { isId } from './requirement-ids.ts'
import type { Claim, Open, StandardsPage } from './standards-page.ts'

/** The facts that the page is compared with. */
export interface Evidence {
  readonly citations: Citations
  /** Whether there is a file at a path from the top of the repository. */
  readonly exists: (path: string) => boolean
}

/** Every wrong claim of the page, and every citation that is missing from the page. */
export function checkStandards(page: StandardsPage, evidence: Evidence): string[] {
  return [
    ...[...page.claims, ...page.open].flatMap(checkId),
    ...checkRepetition(page),
    ...page.claims.flatMap((claim) => checkClaim(claim, evidence)),
    ...page.open.flatMap(checkOpen),
    ...checkCitations(page, evidence.citations),
  ]
}

function checkId({ id, line }: Claim | Open): string[] {
  return isId(id) ? [] : [`line ${line}: "${id}" is no identifier of a requirement`]
}

function checkRepetition({ claims, open }: StandardsPage): string[] {
  const problems: string[] = []
  const seen = new Map<string, Claim | Open>()
  for (const row of [...claims, ...open]) {
    const earlier = seen.get(row.id)
    if (earlier === undefined) {
      seen.set(row.id, row)
    } else {
      const how = 'reason' in row === 'reason' in earlier ? 'stands twice' : 'is both claimed and not yet done'
      problems.push(`lines ${earlier.line} and ${row.line}: ${row.id} ${how}`)
    }
  }
  return problems
}

function checkClaim({ id, line, code, tests }: Claim, { citations, exists }: Evidence): string[] {
  const problems: string[] = []
  const complain = (complaint: string): void => void problems.push(`line ${line}: ${id} ${complaint}`)
  if (code.length === 0) complain('names no file of code')
  if (tests.length === 0) complain('names no test')
  for (const path of code) if (!exists(path)) complain(`names ${path}, which does not exist`)
  for (const path of tests) {
    if (!exists(path)) complain(`names the test ${path}, which does not exist`)
    else if (!citations.get(id)?.has(path)) complain(`stands in no title of a test that runs in ${path}`)
  }
  return problems
}

function checkOpen({ id, line, reason }: Open): string[] {
  return reason === '' ? [`line ${line}: ${id} has no reason for not being done yet`] : []
}

function checkCitations({ claims, open }: StandardsPage, citations: Citations): string[] {
  const claimed = new Set(claims.map(({ id }) => id))
  const opened = new Set(open.map(({ id }) => id))
  return [...citations]
    .filter(([id]) => !claimed.has(id))
    .map(([id, files]) => {
      const where = opened.has(id) ? 'stands under "Not yet"' : 'stands in no row'
      return `${id} is tested in ${[...files].join(', ')} but ${where}`
    })
}
