/** A request to the introspection endpoint and its answer, and the words that rows of the table have in common. */
import { type Changes, token, type WireRequest } from '../../endpoint.ts'

/** A request and its answer. `changes` are options that differ from the usual endpoint. */
export type Case = [title: string, request: WireRequest, status: number, body: unknown, changes?: Changes]

export const active = { token: token('active') }
export const encoded = `token=${token('active')}`
export const anonymous = { authorization: undefined }
