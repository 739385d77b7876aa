/** Follows a page as a reader does, and writes it again with what its commands print. */

/** The terminals of a reader. */
export interface Terminals {
  /** Saves a program of the page. */
  readonly save: (name: string, text: string) => void
  /** Starts a server in the terminal of this number, and stops the one that ran there. Returns what it prints first. */
  readonly start: (terminal: string, commands: string) => Promise<string>
  /** Runs commands in the last terminal. Returns what they print. */
  readonly run: (commands: string) => Promise<string>
}

const BLOCK = /^```(\w+)\n([^]*?)^```$/gm

/** What differs from one day to the next. */
const VARIABLE = [
  /(?<=^Date: ).*$/gm,
  /(?<="access_token":")[\w-]+/g,
  /(?<="(?:exp|iat)":)\d+/g,
  /(?<=^after )\d+(?= ms)/gm,
  /\d{10}, [^(\n]*\([^)\n]*\)/g,
]

/**
 * Runs the blocks of a page from top to bottom. A `ts` block that begins with `// name` is a file. A `sh` block that begins with
 * `# terminal N` is a server, and any other one is commands. A `text` block is what the block before it prints.
 */
export async function followPage(page: string, terminals: Terminals): Promise<string> {
  let [text, end, printed] = ['', 0, '']
  for (const { 0: block, 1: language, 2: content = '', index } of page.matchAll(BLOCK)) {
    const [, name = ''] = /^\/\/ (\S+)\n/.exec(content) ?? []
    const [, terminal] = /^# terminal (\d)/.exec(content) ?? []
    if (language === 'ts') terminals.save(name, content)
    else if (language === 'sh')
      printed = (await (terminal === undefined ? terminals.run(content) : terminals.start(terminal, content)))
        // A page has no carriage returns, and the head of a response has one in each line.
        .replaceAll('\r', '')
        .trimEnd()
    const differs = language === 'text' && withoutVariables(`${printed}\n`) !== withoutVariables(content)
    text += page.slice(end, index) + (differs ? `\`\`\`text\n${printed}\n\`\`\`` : block)
    end = index + block.length
  }
  return text + page.slice(end)
}

function withoutVariables(text: string): string {
  return VARIABLE.reduce((rest, pattern) => rest.replaceAll(pattern, '…'), text)
}
