/** Pages can include a part of another file, so that nothing is written twice: `<!-- @include: ../README.md#part -->`. */
import { posix } from 'node:path'

/**
 * A page with the parts it includes.
 *
 * @param page - the path of the page, from the top of the repository
 * @param read - reads a file by its path from the top of the repository
 * @throws Error when a file or a part of it is missing
 */
export function expandIncludes(markdown: string, page: string, read: (path: string) => string): string {
  return markdown.replace(/<!-- @include: ([^#\s]+)#([\w-]+) -->/g, (_, file: string, part: string) => {
    const path = posix.join(posix.dirname(page), file)
    const [, text] =
      new RegExp(`<!-- #region ${part} -->\\n(.*?)\\n<!-- #endregion ${part} -->`, 's').exec(read(path)) ?? []
    if (text === undefined) throw new Error(`${page} includes the part ${part} of ${path}, which has none`)
    return text
  })
}
