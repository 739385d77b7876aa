/** Asks the server under test: one request at a time, and no more than the budget allows. */
import { type ClientAuthentication, clientSecretBasic, clientSecretPost } from '@token-introspection/client'
import { encodeForm, FORM_MEDIA_TYPE } from '@token-introspection/core'
import type { Dispatcher } from 'undici'
import type { Exchange } from '../connection/exchange.ts'
import { UnableError } from '../errors.ts'
import { type Reply, toReply } from './reply.ts'
import { type SendLimits, sendRequest } from '../connection/send-request.ts'

/** Pairs of names and values. A name may be repeated. */
export type Pairs = readonly (readonly [name: string, value: string])[]

/** How a question authenticates. */
export type Credentials =
  | 'caller'
  | 'wrong secret'
  | 'none'
  /** An `Authorization` field as it is. */
  | { readonly authorization: string }
  /** Parameters of the form. */
  | { readonly parameters: Pairs }

/** A question about a token. */
export interface Question {
  readonly parameters?: Pairs
  /** Beside the credentials of the form. Default: the parameters as a form. */
  readonly body?: string
  readonly method?: 'GET' | 'POST'
  readonly query?: Pairs
  readonly contentType?: string
  readonly accept?: string
  /** Default `caller`. */
  readonly credentials?: Credentials
  /** More `parameters` of the form that belong to a second way of authentication. */
  readonly second?: Pairs
}

/** The server under test, and what is known about it. */
export interface AskerParts {
  readonly endpoint: string
  readonly dispatcher: Dispatcher
  readonly caller: ClientAuthentication
  /** The secret of the caller. `undefined` when it authenticates without one. */
  readonly clientSecret: string | undefined
  readonly metadata: FoundMetadata | undefined
  readonly goodToken: string | undefined
  /** A token that was good, and is revoked or expired. */
  readonly endedToken: string | undefined
  /** Makes a text that no server has issued. */
  readonly randomText: () => string
  readonly maxRequests: number
  /** For each request. */
  readonly limits: SendLimits
}

/** The metadata of the issuer. */
export interface FoundMetadata {
  readonly issuer: string
  readonly reply: Reply
}

/** The question was not asked, or not answered for good. Its requirement is skipped. */
export class StoppedAskingError extends UnableError {}

/** Asks. Questions with the same words are asked once. */
export class Asker {
  readonly #parts: AskerParts
  readonly #asked = new Map<string, Promise<Reply>>()
  readonly unknownToken: string
  readonly #wrongSecret: string
  #requests = 0
  #last: Promise<unknown> = Promise.resolve()

  constructor(parts: AskerParts) {
    this.#parts = parts
    this.unknownToken = parts.randomText()
    this.#wrongSecret = parts.randomText()
  }

  get clientId(): string {
    return this.#parts.caller.clientId ?? ''
  }

  get clientSecret(): string {
    return this.#parts.clientSecret ?? ''
  }

  get goodToken(): string {
    return this.#parts.goodToken ?? ''
  }

  get endedToken(): string {
    return this.#parts.endedToken ?? ''
  }

  get metadata(): FoundMetadata | undefined {
    return this.#parts.metadata
  }

  /** How many requests were sent. */
  get requests(): number {
    return this.#requests
  }

  /** A secret that is wrong. */
  get wrongSecret(): string {
    return this.#wrongSecret
  }

  /** Another text that no server has issued. */
  randomText(): string {
    return this.#parts.randomText()
  }

  /** Asks about the good token. */
  askGood(question: Question = {}): Promise<Reply> {
    return this.ask({ ...question, parameters: [['token', this.goodToken], ...(question.parameters ?? [])] })
  }

  /** Asks about a token that no server has issued. */
  askUnknown(question: Question = {}): Promise<Reply> {
    return this.ask({ ...question, parameters: [['token', this.unknownToken], ...(question.parameters ?? [])] })
  }

  /** Asks, after all questions before. */
  ask(question: Question): Promise<Reply> {
    const key = JSON.stringify(question)
    const asked = this.#asked.get(key)
    if (asked !== undefined) return asked
    const reply = this.#last.then(() => this.#send(question))
    this.#asked.set(key, reply)
    this.#last = reply.catch(() => undefined)
    return reply
  }

  async #send(question: Question): Promise<Reply> {
    const { endpoint, dispatcher, maxRequests, limits } = this.#parts
    if (limits.signal?.aborted === true) throw new StoppedAskingError('the suite was asked to stop')
    if (this.#requests >= maxRequests) throw new StoppedAskingError(`the budget of ${maxRequests} requests is used up`)
    this.#requests++
    const {
      method = 'POST',
      contentType = FORM_MEDIA_TYPE,
      accept = 'application/json',
      query = [],
      second = [],
    } = question
    const draft = await this.#draft(question)
    const url = new URL(endpoint)
    for (const [name, value] of query) url.searchParams.append(name, value)
    const form = [...(question.parameters ?? []), ...Object.entries(draft.parameters), ...draft.pairs, ...second]
    const request = {
      method,
      url: url.href,
      headers: { accept, ...draft.headers, ...(method === 'POST' && { 'content-type': contentType }) },
      body: method === 'GET' ? '' : (question.body ?? encodeForm(form)),
    }
    const answer = await sendRequest(request, dispatcher, limits)
    if (answer.status === 429) throw new StoppedAskingError('the server asks to slow down (429)')
    const exchange: Exchange = { request, answer }
    return toReply(exchange, answer)
  }

  async #draft({ credentials = 'caller' }: Question) {
    const { caller } = this.#parts
    const draft = {
      endpoint: this.#parts.endpoint,
      issuer: this.#parts.metadata?.issuer,
      headers: {} as Record<string, string>,
      parameters: {} as Record<string, string>,
      pairs: [] as Pairs,
    }
    if (credentials === 'caller') await caller.authenticate(draft)
    else if (credentials === 'wrong secret') {
      const make = caller.method === 'client_secret_post' ? clientSecretPost : clientSecretBasic
      await make(this.clientId || 'somebody', this.#wrongSecret).authenticate(draft)
    } else if (credentials !== 'none' && 'authorization' in credentials) {
      draft.headers['authorization'] = credentials.authorization
    } else if (credentials !== 'none') draft.pairs = credentials.parameters
    return draft
  }
}
