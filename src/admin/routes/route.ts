/**
 * What a row of the admin API's table is: path, who may, what comes in and what goes out as schemas. The same row is
 * served on the unix socket and over HTTPS, checked, and written into the OpenAPI document.
 */
import * as v from 'valibot'
import type { Caller } from '../api/caller.ts'
import type { AdminBackend } from '../backend.ts'
import type { AdminResult } from '../result.ts'
import { denied } from '../result.ts'
import type { Role } from '../roles.ts'

export interface AdminCall<Body = unknown, Query = unknown> {
  /** Decoded parts of the path that start with a colon. */
  readonly params: Readonly<Record<string, string>>
  readonly query: Query
  readonly body: Body
  readonly caller: Caller
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** By each name of a query, what it takes. */
export type QueryShape = v.ObjectEntries

export interface AdminRoute {
  readonly method: Method
  readonly path: string
  /** The smallest role that may; on the socket everybody is an administrator. */
  readonly role: Role
  /** One line for who reads the reference. */
  readonly summary: string
  /** On the unix socket alone: it names files of the server's machine. */
  readonly socketOnly: boolean
  /** `If-Match` with the user's entity tag: must be there over the network, or is obeyed where it is there. */
  readonly ifMatch: 'required' | 'obeyed' | null
  readonly query: QueryShape
  /** Null: there is none, and one that comes all the same is refused. */
  readonly body: v.GenericSchema | null
  /** What `value` of the answer is. */
  readonly value: v.GenericSchema
  /** Answered as it is, with this content type, instead of as JSON. */
  readonly textType: string | null
  readonly handle: (backend: AdminBackend, call: AdminCall) => Promise<AdminResult<unknown>>
}

/** A row as it is written: what it has not is left out. */
export interface RouteRow<Value extends v.GenericSchema, Body extends v.GenericSchema, Query extends QueryShape> {
  readonly method: Method
  readonly path: string
  readonly role: Role
  readonly summary: string
  readonly socketOnly?: true
  readonly ifMatch?: 'required' | 'obeyed'
  readonly query?: Query
  readonly body?: Body
  readonly value: Value
  readonly textType?: string
  readonly handle: (
    backend: AdminBackend,
    call: AdminCall<v.InferOutput<Body>, v.InferOutput<v.StrictObjectSchema<Query, undefined>>>,
  ) => Promise<AdminResult<v.InferOutput<Value>>>
}

type NoBody = v.UndefinedSchema<undefined>
type NoQuery = Record<never, never>

export function route<
  Value extends v.GenericSchema,
  Body extends v.GenericSchema = NoBody,
  Query extends QueryShape = NoQuery,
>(row: RouteRow<Value, Body, Query>): AdminRoute {
  const { method, path, role, summary, handle } = row
  return {
    method,
    path,
    role,
    summary,
    socketOnly: row.socketOnly ?? false,
    ifMatch: row.ifMatch ?? null,
    query: row.query ?? {},
    body: row.body ?? null,
    value: row.value,
    textType: row.textType ?? null,
    // What it is handed went through the schemas of this row.
    handle: handle as AdminRoute['handle'],
  }
}

/** Query and body as the row wants them; what is wrong is said without what was found: that may be a password. */
export function checkCall(
  { query, body }: AdminRoute,
  given: { readonly query: URLSearchParams; readonly body: unknown },
): AdminResult<Pick<AdminCall, 'query' | 'body'>> {
  for (const name of given.query.keys()) {
    if (!Object.hasOwn(query, name)) return denied('invalid', `query: ${name}: no such name`)
    if (given.query.getAll(name).length > 1) return denied('invalid', `query: ${name} comes more than once`)
  }
  const values = Object.fromEntries([...given.query].map(([name, text]) => [name, queryValue(query[name], text)]))
  const readQuery = v.safeParse(v.strictObject(query), values)
  if (!readQuery.success) return denied('invalid', `query: ${faultOf(readQuery.issues[0])}`)
  if (body === null) {
    if (given.body !== undefined) return denied('invalid', 'the body: expected none')
    return { ok: true, value: { query: readQuery.output, body: undefined }, warnings: [] }
  }
  const foreign = inheritedName(given.body)
  if (foreign !== null) return denied('invalid', `${foreign}: no such name`)
  const readBody = v.safeParse(body, given.body)
  if (!readBody.success) return denied('invalid', faultOf(readBody.issues[0]))
  return { ok: true, value: { query: readQuery.output, body: readBody.output }, warnings: [] }
}

/**
 * A name in it that every object has by inheritance, such as `constructor`: valibot's strict objects take it for one of
 * theirs. No name of ours is one of these. Null: there is none.
 */
function inheritedName(body: unknown): string | null {
  const waiting = [body]
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (typeof value !== 'object' || value === null) continue
    const found = Array.isArray(value) ? undefined : Object.keys(value).find((name) => name in Object.prototype)
    if (found !== undefined) return found
    for (const each of Object.values(value)) waiting.push(each)
  }
  return null
}

function faultOf(issue: v.BaseIssue<unknown>): string {
  const place = v.getDotPath(issue) ?? 'the body'
  // A name that does not exist has a key as its place, and no value that could be expected there.
  if (issue.expected === 'never') return `${place}: no such name`
  return `${place}: expected ${issue.expected ?? 'another value'}`
}

/** Of a query everything is text: what its schema does not take as such may be a number or a yes. */
function queryValue(schema: QueryShape[string] | undefined, text: string): unknown {
  if (!schema || v.is(schema as v.GenericSchema, text)) return text
  if (/^\d{1,15}$/.test(text)) return Number(text)
  return text === 'true' || text === 'false' ? text === 'true' : text
}
