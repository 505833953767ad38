/**
 * The names and passwords that administrators type, checked: an AOR of one of our domains, a name that can be shown, a
 * password that can be used.
 */
import type { Aor } from '../sip/uri/aor.ts'
import { aorDomain, parseAor } from '../sip/uri/aor.ts'

export type NameCheck = { readonly ok: true; readonly aor: Aor } | { readonly ok: false; readonly message: string }

/** `alice` means the first domain; `alice@example.test` and `sip:alice@example.test` mean what they say. */
export function readUserName(text: string, domains: readonly string[]): NameCheck {
  const name = text.trim()
  const uri = /^sips?:/i.test(name) ? name : `sip:${name.includes('@') ? name : `${name}@${domains[0]}`}`
  // parseAor leaves password, parameters and headers away; here they are a typing error that must not name somebody
  // else.
  const user = uri.slice(uri.indexOf(':') + 1, uri.lastIndexOf('@'))
  const aor = /[;?<>\s]/.test(name) || !isUsableUser(user) ? null : parseAor(uri)
  if (aor === null)
    return { ok: false, message: `"${text}" is no address of a user, such as alice or alice@${domains[0]}` }
  if (domains.includes(aorDomain(aor))) return { ok: true, aor }
  return { ok: false, message: `${aor} is not in a domain of this server (${domains.join(', ')})` }
}

/** Control characters have no place in a header or on a terminal. */
export function readDisplayName(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '').trim()
}

/** What people and clients can write and read: no escapes, no password, nothing that looks like a token of ours. */
function isUsableUser(user: string): boolean {
  return /^[a-z0-9_][\w.+'&=$,/~!-]*$/i.test(user) && !user.startsWith('tgruu~')
}

/** Longer ones are somebody's file, not a password. */
export const passwordCharsMax = 1024
export const passwordCharsAdvised = 8

export function passwordFault(password: string): string | null {
  if (password === '') return 'the password is empty'
  if (password.length > passwordCharsMax) return `the password has more than ${passwordCharsMax} characters`
  // Clients cannot type these, so they come from a file with more than the password in it.
  return /\p{Cc}/u.test(password) ? 'the password holds a control character or a line break' : null
}

export function passwordWarnings(password: string): readonly string[] {
  if (password.length >= passwordCharsAdvised) return []
  return [`the password has fewer than ${passwordCharsAdvised} characters and can be guessed`]
}
