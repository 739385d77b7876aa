/**
 * The command `doctor` on answers of real servers: it finds nothing wrong with the good ones, and names the cause of the others. The table
 * beside the doubles is what it says about each, with the options of the command line, and with a module that uses the preset of the
 * server. A `?` means that it is not sure. `vitest -u` writes the table again.
 */
import { join } from 'node:path'
import { clientSecretBasic } from '@token-introspection/client'
import { expect, test } from 'vitest'
import { REAL_ANSWERS, type RealServer, startRealServer } from '../doctor/real-servers.ts'
import { doctor, type Printed } from '../doctor/run-command.ts'
import { CALLER } from '../servers/model-server.ts'

const TABLE = join(import.meta.dirname, '../doctor/real-verdicts.txt')

/** What the doctor says, without the preset of the server and with it. Without a preset, the second is that of the issuer alone. */
async function examine({ issuer, url, preset, audience, token, now }: RealServer): Promise<readonly Printed[]> {
  const options = {
    ...(preset === undefined ? { issuer } : { provider: preset }),
    endpoint: `${url}/introspect`,
    clientAuthentication: clientSecretBasic(CALLER.id, CALLER.secret),
    transport: { allowHttpOnLoopback: true },
    now: () => now,
  }
  const given = { now: () => now, files: { token }, modules: { 'client.js': { default: options } } }
  const common = ['--token-file', 'token', ...(audience === undefined ? [] : ['--audience', audience])]
  const all: Printed[] = []
  for (const args of [
    ['--issuer', issuer],
    ['--config', 'client.js'],
  ]) {
    all.push((await doctor([...args, ...common], given)).printed)
  }
  return all
}

function say({ fault, verdict }: Printed): string {
  return fault === undefined ? verdict : `${fault.name}${fault.isSure ? '' : '?'}`
}

test('the verdicts are those of the table, and no good answer is called broken', async () => {
  const lines: string[] = []
  const wrong: string[] = []
  for (const answer of REAL_ANSWERS) {
    const server = await startRealServer(answer)
    const printed = await examine(server)
    await server.close()
    const { server: name, about, guard, status } = answer
    const line = [name, about, ...printed.map(say)].join(' | ')
    lines.push(line)
    // A token that is bound to a key is good, and a token alone never shows its key.
    const isGood = guard === 'allowed' || guard === '401 confirmation'
    if (isGood && printed.some(({ verdict }) => verdict !== 'healthy')) wrong.push(line)
    if (!isGood && printed.at(-1)?.verdict === 'healthy') wrong.push(line)
    // Without its preset nothing tells the refresh tokens of Spring from access tokens, and the doctor says so.
    const isUnseen = guard === '401 token_kind' && printed[0]?.verdict === 'healthy'
    if (isUnseen && !printed[0]?.notes.join().includes('what kind of token')) wrong.push(line)
    if (status >= 400 && printed.some(({ fault }) => fault?.step !== 'credentials')) wrong.push(line)
    if (printed.some(({ requests }) => requests > 20)) wrong.push(line)
  }
  expect(wrong).toEqual([])
  expect(lines.length).toBeGreaterThan(100)
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(TABLE)
})
