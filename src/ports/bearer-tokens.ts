/**
 * Bearer tokens (RFC 8898) as the core sees them: whom a token names, or why it is worth nothing. Who issues them, and
 * by which keys, is known behind this port.
 */
export type TokenVerdict =
  /** `name`: a SIP address. `madeMs`, `untilMs`: when it was issued and when it ends, system clock. */
  | { readonly ok: true; readonly name: string; readonly madeMs: number; readonly untilMs: number }
  /** `unavailable`: the issuer's keys cannot be had now. `detail` has nothing of the token in it. */
  | { readonly ok: false; readonly why: 'invalid' | 'expired' | 'unavailable'; readonly detail: string }

export interface BearerTokens {
  /** `done` is called once, never before this returns, and in a turn of its own. */
  verify(token: string, done: (verdict: TokenVerdict) => void): void
}
