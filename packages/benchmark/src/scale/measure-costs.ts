/**
 * Measures what the simulation takes as given: the CPU time of a process of Node that sends pages to many followers, and of
 * one that reads them. Prints the figures. CPU time, so that other work on the computer changes little.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, createServer, get, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { parseRevocationPage } from '@token-introspection/core/revocations'
import { createRevocationFeedHandler } from '@token-introspection/server'
import { toNodeHandler } from '@token-introspection/server/node'
import { sampleMessage, samplePage, wireOctets } from './sample-page.ts'

const FOLLOWERS = 500
const MESSAGES = 400
const BATCH = 5

const QUESTIONS = 20_000
const IN_FLIGHT = 16

const [role, target = ''] = process.argv.slice(2)
if (role === 'follow') await followAll(target)
else if (role === 'ask') await askAll(target)
else await main()

async function main(): Promise<void> {
  for (const events of [1, BATCH, 20, 100]) {
    const message = sampleMessage(samplePage(events))
    const octets = wireOctets(message) / events
    const packed = gzipSync(message).length / events
    console.log(
      `octets per event, ${events} in a message: ${octets.toFixed(0)} on the wire; gzip of the message alone ${packed.toFixed(0)}`,
    )
  }
  console.log(`answer a question: ${(await answerQuestions()).toFixed(0)} µs of CPU`)
  console.log(`read and check an event: ${readEvents().toFixed(2)} µs of CPU`)
  for (const events of [BATCH, 4 * BATCH]) {
    const micros = await writeToFollowers(events)
    console.log(`write a message of ${events} events to one of ${FOLLOWERS} followers: ${micros.toFixed(1)} µs of CPU`)
  }
}

/** Microseconds for each event of messages of usual length. */
function readEvents(): number {
  const after = '3600000.AAAAAAAAAAAA'
  const text = JSON.stringify(samplePage(BATCH, after))
  let events = 0
  const run = (times: number): void => {
    for (let index = 0; index < times; index++) events += parseRevocationPage(JSON.parse(text), after).events.length
  }
  run(20_000)
  events = 0
  const before = process.cpuUsage()
  run(100_000)
  return cpuMicros(before) / events
}

/** Microseconds for each write, over loopback and without TLS. */
async function writeToFollowers(events: number): Promise<number> {
  const responses: ServerResponse[] = []
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': connected\n\n')
    responses.push(response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const child = fork(import.meta.filename, ['follow', `http://127.0.0.1:${(server.address() as AddressInfo).port}`])
  await once(child, 'message')
  const message = sampleMessage(samplePage(events))
  const send = async (messages: number): Promise<void> => {
    for (let index = 0; index < messages; index++) {
      for (const response of responses) response.write(message)
      await delay(5)
    }
  }
  await send(100)
  const before = process.cpuUsage()
  await send(MESSAGES)
  const micros = cpuMicros(before) / MESSAGES / responses.length
  child.kill()
  server.closeAllConnections()
  server.close()
  return micros
}

/** Microseconds for each question that finds nothing new, over loopback and without TLS. The log is in memory. */
async function answerQuestions(): Promise<number> {
  const page = { position: '3600000.AAAAAAAAAAAA', events: [], gap: false, more: false }
  const feed = createRevocationFeedHandler({
    source: { readAfter: () => page, onAppended: () => () => undefined },
    clientAuthentication: { protectedResources: [{ id: 'orders', clientSecrets: ['secret'] }] },
  })
  const server = createServer(toNodeHandler(feed)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const child = fork(import.meta.filename, ['ask', `http://127.0.0.1:${port}/?after=${page.position}`])
  await once(child, 'message')
  const before = process.cpuUsage()
  child.send('measure')
  await once(child, 'message')
  const micros = cpuMicros(before) / QUESTIONS
  child.kill()
  feed.close()
  server.closeAllConnections()
  server.close()
  return micros
}

async function askAll(url: string): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT })
  const headers = { authorization: `Basic ${btoa('orders:secret')}` }
  const ask = async (): Promise<void> => {
    const [response] = (await once(get(url, { agent, headers }), 'response')) as [NodeJS.ReadableStream]
    response.resume()
    await once(response, 'end')
  }
  const askMany = async (questions: number): Promise<void> => {
    let left = questions
    const askNext = async (): Promise<void> => {
      while (left-- > 0) await ask()
    }
    await Promise.all(Array.from({ length: IN_FLIGHT }, askNext))
  }
  await askMany(QUESTIONS / 4)
  process.send?.('warm')
  await once(process, 'message')
  await askMany(QUESTIONS)
  process.send?.('done')
}

async function followAll(url: string): Promise<void> {
  await Promise.all(
    Array.from({ length: FOLLOWERS }, async () => {
      const request = get(url, { agent: false })
      const [response] = (await once(request, 'response')) as [NodeJS.ReadableStream]
      response.on('data', () => undefined)
    }),
  )
  process.send?.('connected')
}

function cpuMicros(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return user + system
}
