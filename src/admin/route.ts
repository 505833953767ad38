/**
 * What a row of the admin API's table is, and how its body is checked before it reaches the backend.
 */
import * as v from 'valibot'
import type { AdminBackend } from './backend.ts'
import type { AdminResult } from './result.ts'
import { denied } from './result.ts'

export interface AdminCall {
  /** Decoded parts of the path that start with a colon. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** The JSON body; undefined without one. */
  readonly body: unknown
}

export interface AdminRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  /** Answered as it is, with this content type, instead of as JSON. */
  readonly textType?: string
  readonly handle: (backend: AdminBackend, call: AdminCall) => Promise<AdminResult<unknown>>
}

export async function checked<T>(
  schema: v.GenericSchema<unknown, T>,
  { body }: AdminCall,
  use: (value: T) => Promise<AdminResult<unknown>>,
): Promise<AdminResult<unknown>> {
  const parsed = v.safeParse(schema, body)
  if (parsed.success) return use(parsed.output)
  const [issue] = parsed.issues
  // Not valibot's own text: it quotes what it found, and that may be a password.
  const place = v.getDotPath(issue) ?? 'the body'
  return denied('invalid', `${place}: expected ${issue.expected ?? 'another value'}`)
}
