/**
 * One request of the admin API along its table, wherever it came from: body and query checked, the user's entity tag
 * compared, done, and the result as JSON. Errors are problem details (RFC 9457). Who asks is settled before.
 */
import { createHash } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { AdminBackend, UserDetails } from '../backend.ts'
import type { AdminErrorCode, AdminResult } from '../result.ts'
import { checkCall } from '../routes/route.ts'
import { type FoundRoute, findRoute } from '../routes/table.ts'
import type { Caller } from './caller.ts'

export interface ApiRequest {
  /** Upper case. */
  readonly method: string
  /** Without the query, not decoded. */
  readonly path: string
  /** Behind the question mark; empty if there is none. */
  readonly query: string
  readonly contentType: string | null
  readonly ifMatch: string | null
  readonly ifNoneMatch: string | null
  readonly body: Uint8Array
}

export interface ApiAnswer {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

type ProblemCode =
  | AdminErrorCode
  | 'no-such-path'
  | 'not-allowed'
  | 'unauthorized'
  | 'precondition-failed'
  | 'precondition-required'
  | 'too-large'
  | 'wrong-type'
  | 'too-many-requests'

const statusOf: Readonly<Record<ProblemCode, number>> = {
  invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  'no-such-path': 404,
  'not-allowed': 405,
  exists: 409,
  'precondition-failed': 412,
  'too-large': 413,
  'wrong-type': 415,
  'precondition-required': 428,
  'too-many-requests': 429,
  failed: 500,
  unavailable: 503,
}

export type Headers = ApiAnswer['headers']

/** RFC 9457; `error` is for programs and stays, `detail` is for people and may change. */
export function problem(error: ProblemCode, detail: string, headers: Headers = []): ApiAnswer {
  const status = statusOf[error]
  const body = { type: 'about:blank', title: STATUS_CODES[status] ?? 'Unknown', status, detail, error }
  return withBody(status, 'application/problem+json', `${JSON.stringify(body)}\n`, headers)
}

/** Of whatever was thrown: an error of ours. */
export const ourFault = problem('failed', 'the server could not do this; its log says why')

export function withBody(status: number, type: string, body: string, headers: Headers = []): ApiAnswer {
  return { status, headers: [['content-type', type], ['cache-control', 'no-store'], ...headers], body }
}

export const jsonType = 'application/json; charset=utf-8'

/** The row of the table, or the answer that there is none. */
export function routeOf({ method, path }: Pick<ApiRequest, 'method' | 'path'>): FoundRoute | ApiAnswer {
  const found = findRoute(method, path)
  if ('route' in found) return found
  if (found.length === 0) return problem('no-such-path', 'no such path')
  return problem('not-allowed', `this path has ${found.join(', ')}`, [['allow', found.join(', ')]])
}

export interface AnswerRules {
  readonly caller: Caller
  /** A write that must not lose another's has to say what it has read (428). */
  readonly wantsIfMatch: boolean
}

export async function answerRoute(
  { route, params }: FoundRoute,
  backend: AdminBackend,
  request: ApiRequest,
  { caller, wantsIfMatch }: AnswerRules,
): Promise<ApiAnswer> {
  const body = readBody(request)
  if ('status' in body) return body
  const checked = checkCall(route, { query: new URLSearchParams(request.query), body: body.value })
  if (!checked.ok) return refused(checked)
  const { ifMatch } = request
  if (route.ifMatch === 'required' && wantsIfMatch && ifMatch === null) {
    return problem('precondition-required', 'If-Match is missing: read the user first, and send the ETag of that')
  }
  const call = { params, caller, ...checked.value }
  if (route.ifMatch === null || ifMatch === null) {
    return answerResult(await route.handle(backend, call), route.textType, request.ifNoneMatch)
  }
  return inTurn(async () => {
    const shown = await backend.showUser(params.name!)
    if (!shown.ok) return refused(shown)
    if (!isMatch(ifMatch, userTag(shown.value))) {
      return problem('precondition-failed', 'somebody has changed this user since it was read; read it again')
    }
    return answerResult(await route.handle(backend, call), route.textType, null)
  })
}

/** Comparing and changing are one act: conditional writes wait for each other, whoever sends them. */
let lastTurn: Promise<unknown> = Promise.resolve()

function inTurn<T>(act: () => Promise<T>): Promise<T> {
  const turn = lastTurn.then(act)
  lastTurn = turn.catch(() => undefined)
  return turn
}

/** Changes with the account, its password included (by the epoch), and not with devices or mail. */
function userTag({ aor, displayName, aliases, groups, disabled, createdAt, epoch }: UserDetails): string {
  const state = JSON.stringify([aor, displayName, aliases, groups, disabled, createdAt, epoch])
  return `"${createHash('sha256').update(state).digest('base64url').slice(0, 22)}"`
}

/** RFC 9110 §13.1.1: by strong comparison. */
function isMatch(ifMatch: string, tag: string): boolean {
  const tags = ifMatch.split(',').map((each) => each.trim())
  return tags.includes('*') || tags.includes(tag)
}

function answerResult(result: AdminResult<unknown>, textType: string | null, ifNoneMatch: string | null): ApiAnswer {
  if (!result.ok) return refused(result)
  if (textType !== null) return withBody(200, textType, String(result.value))
  const tags = isDetails(result.value) ? [['etag', userTag(result.value)] as const] : []
  if (ifNoneMatch !== null && tags.some(([, tag]) => isMatch(ifNoneMatch.replaceAll('W/', ''), tag))) {
    return { status: 304, headers: [['cache-control', 'no-store'], ...tags], body: '' }
  }
  const { value, warnings } = result
  return withBody(200, jsonType, `${JSON.stringify({ value, warnings })}\n`, tags)
}

function isDetails(value: unknown): value is UserDetails {
  return typeof value === 'object' && value !== null && 'epoch' in value && 'aor' in value && 'createdAt' in value
}

function refused({ error, message }: AdminResult<unknown> & { readonly ok: false }): ApiAnswer {
  return problem(error, message, error === 'unavailable' ? [['retry-after', '5']] : [])
}

function readBody({ body, contentType }: ApiRequest): { readonly value: unknown } | ApiAnswer {
  if (body.length === 0) return { value: undefined }
  // A form of a strange page can send other types without asking first, and not this one.
  if (!/^application\/json\s*(;|$)/i.test(contentType ?? '')) {
    return problem('wrong-type', 'content-type: expected application/json')
  }
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) }
  } catch {
    return problem('invalid', 'the body is no JSON')
  }
}
