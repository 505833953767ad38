/**
 * The admin API as the console asks it: with the cookie of its session, and the header by which the server knows the
 * console's own page from those of others.
 */
export type ApiResult<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly status: number; readonly message: string }

/** A backup takes its time; everything else is quick, and a server that is gone should be noticed. */
const deadlineMs = 15_000

export class Api {
  /** The session is over, or there is none. */
  onSignedOut: () => void = () => {}

  async ask<T>(method: string, path: string, body?: unknown): Promise<ApiResult<T>> {
    const headers: Record<string, string> = { 'meridian-console': '1' }
    if (body !== undefined) headers['content-type'] = 'application/json'
    const init: RequestInit = { method, headers, cache: 'no-store', signal: AbortSignal.timeout(deadlineMs) }
    if (body !== undefined) init.body = JSON.stringify(body)
    try {
      const response = await fetch(path, init)
      if (response.status === 401) this.onSignedOut()
      return await resultOf<T>(response)
    } catch {
      return { ok: false, status: 0, message: 'The server does not answer.' }
    }
  }
}

async function resultOf<T>(response: Response): Promise<ApiResult<T>> {
  if (response.status === 204) return { ok: true, value: undefined as T, warnings: [] }
  const isJson = /json/.test(response.headers.get('content-type') ?? '')
  const answer = (isJson ? await response.json() : {}) as { value: T; warnings: string[]; detail?: string }
  if (response.ok && isJson) return { ok: true, value: answer.value, warnings: answer.warnings }
  return { ok: false, status: response.status, message: answer.detail ?? `The server answered ${response.status}.` }
}
