/**
 * Checks a password by binding with it at a global catalog. Whoever asks for a client passes on yes or no; the reason
 * is for log and audit.
 */
import type { Clock } from '../../ports/clock.ts'
import { LdapFault } from '../../ports/ldap.ts'
import type { Log } from '../../ports/log.ts'
import { type BindRefusal, bindRefusal } from './bind-refusal.ts'
import type { Catalogs } from './catalogs.ts'
import type { DirectoryUser } from './directory-user.ts'
import type { LockoutPolicy, PasswordBudget } from './password-budget.ts'

export type PasswordOutcome =
  | { readonly granted: true }
  /** `status` is what a client may learn: 401 try again, 403 do not, 503 nobody could be asked. */
  | { readonly granted: false; readonly status: 401 | 403 | 503; readonly words: string; readonly code: string | null }

export interface PasswordPorts {
  readonly clock: Clock
  readonly log: Log
  readonly catalogs: Catalogs
  readonly budget: PasswordBudget
  /** True when what the budget has spent is durable: a password is passed on after that, else not at all. */
  readonly budgetKept?: () => Promise<boolean>
}

const invalidCredentials = 49

/** Longer than any that Windows takes (256 characters); it is not sent. */
const passwordCharactersMax = 256

export async function checkPassword(
  { clock, log, catalogs, budget, budgetKept }: PasswordPorts,
  user: DirectoryUser,
  { password, policy }: { readonly password: string; readonly policy: LockoutPolicy },
): Promise<PasswordOutcome> {
  const refuse = (status: 401 | 403 | 503, words: string, code: string | null = null): PasswordOutcome => {
    log.write('warn', 'directory.password-refused', { user: user.guid, dn: user.dn, reason: words, code })
    return { granted: false, status, words, code }
  }
  // Sent, it would be an anonymous session, which Windows grants to everybody (RFC 4513 §5.1.2).
  if (password === '') return refuse(401, 'the password is empty')
  if (password.length > passwordCharactersMax || password.includes('\0')) return refuse(401, 'this is no password')
  if (!budget.take(user.guid, policy, clock.wallMs())) {
    return refuse(403, 'too many wrong passwords: more would lock the account out')
  }
  const settle = (isWrong: boolean) => {
    budget.settle(user.guid, isWrong, clock.wallMs())
    // Until that is durable the try counts as wrong, which is more than it may be and never less.
    void budgetKept?.()
  }
  if (budgetKept && !(await budgetKept())) {
    settle(false)
    return refuse(503, 'the store does not take what was spent')
  }
  try {
    await catalogs.askUnbound((connection) => connection.bind(user.dn, password))
    settle(false)
    return { granted: true }
  } catch (error) {
    const refusal = refusalOf(error)
    // Where no answer came, a server may have counted it all the same.
    settle(refusal === null || refusal.kind === 'wrong' || refusal.kind === 'unknown')
    if (refusal === null) return refuse(503, `no global catalog answers: ${(error as Error).message}`)
    return refuse(refusal.kind === 'wrong' ? 401 : 403, refusal.words, refusal.code)
  }
}

function refusalOf(error: unknown): BindRefusal | null {
  if (!(error instanceof LdapFault)) throw error
  if (error.kind !== 'refused') return null
  if (error.code === invalidCredentials) return bindRefusal(error.message)
  return { kind: 'unknown', code: null, words: `refused with result ${error.code}: ${error.message}` }
}
