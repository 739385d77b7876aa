/** Runs the terminal sessions of a page, and writes the page again with what the commands really print. */

/** Runs one command, and returns what a terminal would show. */
export type RunLine = (command: string) => Promise<string>

const BLOCK = /^```console\n([^]*?)^```$/gm

/**
 * The page, with the output of each command after the line `$ command`. All blocks are one session, from top to bottom.
 */
export async function rerunSessions(page: string, run: RunLine): Promise<string> {
  let text = ''
  let end = 0
  for (const block of page.matchAll(BLOCK)) {
    const commands = (block[1] ?? '').split('\n').filter((line) => line.startsWith('$ '))
    const shown: string[] = []
    for (const command of commands) shown.push(`${command}\n${await run(command.slice(2))}`)
    text += `${page.slice(end, block.index)}\`\`\`console\n${shown.join('')}\`\`\``
    end = block.index + block[0].length
  }
  return text + page.slice(end)
}
