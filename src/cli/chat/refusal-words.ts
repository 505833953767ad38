/**
 * What a refused sign-in means to the person at the terminal. The server asks for the password first, and tells only
 * whoever knows it that the account is closed (RFC 3261 §21.4.2, §21.4.4).
 */
import type { Aor } from '../../sip/index.ts'

/** The credentials are wrong: another password may be right. */
export function isPasswordRefused(status: number): boolean {
  return status === 401 || status === 407
}

export function refusalWords(status: number, reason: string, own: Aor): string {
  const name = own.slice(4)
  if (isPasswordRefused(status)) {
    return `the server does not let ${name} in: the password is wrong, or there is no such user`
  }
  switch (status) {
    case 403:
      return `the server refuses ${name}: the account is disabled, or refused for another reason (403 ${reason})`
    case 404:
      return `the server has no user ${name}`
    default:
      return `the server does not let ${name} in: ${status} ${reason}`
  }
}
