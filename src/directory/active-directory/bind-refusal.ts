/**
 * What a domain controller says when it refuses a bind, in words for log and audit. The client learns none of it. Only
 * `data <code>` is read: the rest of the diagnostic differs between versions ([MS-ERREF] §2.2 has the codes).
 */

/** `wrong` spends the account's budget of wrong passwords; `locked` and `barred` say that no password would do now. */
export type RefusalKind = 'wrong' | 'locked' | 'barred' | 'unknown'

export interface BindRefusal {
  readonly kind: RefusalKind
  /** The sub-code in lower-case hexadecimal, null where the answer has none. */
  readonly code: string | null
  /** For log and audit. */
  readonly words: string
}

const refusals: Readonly<Record<string, readonly [RefusalKind, string]>> = {
  '525': ['wrong', 'there is no such account'],
  '52a': ['wrong', 'the password is wrong'],
  '52e': ['wrong', 'the name or the password is wrong'],
  '52f': ['barred', 'restrictions of the account forbid it'],
  '530': ['barred', 'the account may not sign in at this hour'],
  '531': ['barred', 'the account may not sign in from this computer'],
  '532': ['barred', 'the password has expired'],
  '533': ['barred', 'the account is disabled'],
  '534': ['barred', 'the account has not been granted this kind of sign-in'],
  '568': ['barred', 'the account is in too many groups'],
  '569': ['barred', 'the account has not been granted this kind of sign-in'],
  '701': ['barred', 'the account has expired'],
  '773': ['barred', 'the password must be changed first'],
  '775': ['locked', 'the account is locked out'],
}

/** From the diagnostic message of a refusal with result code 49. */
export function bindRefusal(diagnostic: string): BindRefusal {
  const code =
    /\bdata ([0-9a-f]+)\b/i
      .exec(diagnostic)?.[1]
      ?.toLowerCase()
      .replace(/^0+(?=.)/, '') ?? null
  if (code === null) return { kind: 'unknown', code, words: 'refused without a reason' }
  const [kind, words] = refusals[code] ?? ['unknown', 'refused for a reason that we do not know']
  return { kind, code, words }
}
