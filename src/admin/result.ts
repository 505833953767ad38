/**
 * How every act of an administrator ends.
 */

/**
 * `exists` and `not-found` name an account; `forbidden` wants a greater role; `unavailable` may be tried again;
 * `failed` needs a look at the log.
 */
export type AdminErrorCode = 'invalid' | 'exists' | 'not-found' | 'forbidden' | 'unavailable' | 'failed'

export type AdminResult<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly error: AdminErrorCode; readonly message: string }

export function granted<T>(value: T, warnings: readonly string[] = []): AdminResult<T> {
  return { ok: true, value, warnings }
}

export function denied(error: AdminErrorCode, message: string): AdminResult<never> {
  return { ok: false, error, message }
}
