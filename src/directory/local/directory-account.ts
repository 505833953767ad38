/**
 * What becomes of an account by what Active Directory says of its user. Pure: writing and telling is the service's.
 */
import type { AdminRefusal } from '../../ports/admin.ts'
import type { DirectoryUserFacts } from '../../ports/directory.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import type { AccountEntry, AccountParts } from './account-entry.ts'
import { firstEpoch } from './account-records.ts'

export type DirectoryChange =
  | { readonly outcome: 'refused'; readonly error: AdminRefusal; readonly message: string }
  | { readonly outcome: 'same'; readonly parts: AccountParts }
  | {
      readonly outcome: 'changed'
      readonly parts: AccountParts
      readonly aliasesNew: readonly Aor[]
      readonly aliasesGone: readonly Aor[]
      /** Flows and nonces of before must stop counting. */
      readonly isRaised: boolean
    }

/** `groups`: of a new account. `nowMs`: the system's clock. */
export function directoryChange(
  aor: Aor,
  entry: AccountEntry | null,
  { facts, groups }: { readonly facts: DirectoryUserFacts; readonly groups: readonly string[] },
  nowMs: number,
): DirectoryChange {
  if (entry === null) return newAccount(aor, facts, groups, nowMs)
  const { account, directory } = entry
  if (directory === null) return refused('exists', `${aor} is an account of this server, not one of Active Directory`)
  if (directory.guid !== facts.guid) {
    return refused('exists', `${aor} is the account of another object of Active Directory, ${directory.dn}`)
  }
  if (isSameSaid(directory, facts)) return { outcome: 'same', parts: entry }
  const aliasesNew = facts.aliases.filter((alias) => !account.aliases.includes(alias))
  const aliasesGone = account.aliases.filter((alias) => !facts.aliases.includes(alias))
  const disabled = facts.against.length > 0
  // A name that is his no more must not be spoken for by a flow that was let in when it was.
  const isRaised = disabled !== account.disabled || aliasesGone.length > 0
  const { aliases, displayName } = facts
  const epoch = account.epoch + (isRaised ? 1 : 0)
  const parts = { ...entry, account: { ...account, aliases, displayName, disabled, epoch }, directory: facts }
  return { outcome: 'changed', parts, aliasesNew, aliasesGone, isRaised }
}

function newAccount(aor: Aor, facts: DirectoryUserFacts, groups: readonly string[], nowMs: number): DirectoryChange {
  const { aliases, displayName, against } = facts
  // Who may do nothing and was never here is nobody, for whoever asks.
  if (against.length > 0) return refused('not-found', `${aor} may not sign in: ${against.join(', ')}`)
  const epoch = firstEpoch(nowMs)
  const account = { aor, aliases, displayName, groups, disabled: false, epoch, createdMs: Math.floor(nowMs) }
  const parts = { account, password: null, devices: [], directory: facts, epochFromMs: 0 }
  return { outcome: 'changed', parts, aliasesNew: aliases, aliasesGone: [], isRaised: true }
}

/** Nothing of it need be told or written again. */
export function isSameSaid(a: DirectoryUserFacts, b: DirectoryUserFacts): boolean {
  const words = ({ guid, dn, displayName, aliases, against, home }: DirectoryUserFacts) =>
    JSON.stringify([guid, dn, displayName, aliases, against, home])
  return words(a) === words(b)
}

function refused(error: AdminRefusal, message: string): DirectoryChange {
  return { outcome: 'refused', error, message }
}
