/**
 * What locks an account of a domain, read from the domain itself. A policy of single accounts (PSO) stands above it,
 * and most service accounts may not read those: where one is named, the domain's may be too lax.
 */
import { type LdapConnection, LdapFault } from '../../ports/ldap.ts'
import { durationMs, text, wholeNumber } from './entry-values.ts'
import { type LockoutPolicy, triesAllowed } from './password-budget.ts'

const unknown: LockoutPolicy = { threshold: null, windowMs: null }

/** Of the account with this distinguished name, at a controller of its domain. Rejects with `LdapFault`. */
export async function readLockoutPolicy(
  connection: LdapConnection,
  { domain, account }: { readonly domain: string; readonly account: string },
): Promise<LockoutPolicy> {
  const own = (await readOne(connection, account, ['msDS-ResultantPSO']))?.pso ?? null
  const ofDomain = (await readOne(connection, domain, ['lockoutThreshold', 'lockOutObservationWindow'])) ?? unknown
  if (own === null) return ofDomain
  const names = ['msDS-LockoutThreshold', 'msDS-LockoutObservationWindow']
  const ofAccount = (await readOne(connection, own, names)) ?? unknown
  if (ofAccount.threshold !== null) return ofAccount
  return triesAllowed(ofDomain) < triesAllowed(unknown) ? ofDomain : { ...unknown, windowMs: ofDomain.windowMs }
}

async function readOne(connection: LdapConnection, base: string, attributes: readonly string[]) {
  let found: (LockoutPolicy & { readonly pso: string | null }) | null = null
  const filter = { present: 'objectClass' }
  const asked = connection.search({ base, scope: 'base', filter, attributes }, ([entry]) => {
    if (!entry) return
    const [first = '', second = ''] = attributes
    const pso = text(entry, 'msDS-ResultantPSO')
    found = { threshold: wholeNumber(entry, first), windowMs: durationMs(entry, second), pso }
  })
  await asked.catch((error: unknown) => {
    // What may not be read is not there (32), or forbidden (50).
    if (!(error instanceof LdapFault) || (error.code !== 32 && error.code !== 50)) throw error
  })
  return found as (LockoutPolicy & { readonly pso: string | null }) | null
}
