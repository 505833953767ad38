/**
 * Proof of a password by Active Directory, for enrolment: the user is asked for afresh, one bind checks the password,
 * and then he is an account of this server. A no of the follower stands above a catalog's yes.
 */
import { LdapFault } from '../../ports/ldap.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import type { PasswordProof, PasswordProver } from '../enrolment/password-proof.ts'
import { checkPassword, type PasswordPorts } from './check-password.ts'
import type { DirectoryAccounts, UserHome } from './directory-accounts.ts'
import type { DirectoryUser } from './directory-user.ts'
import type { DirectoryUsers } from './directory-users.ts'
import type { LockoutPolicy } from './password-budget.ts'

export interface DirectoryPasswordsPorts extends PasswordPorts {
  readonly users: DirectoryUsers
  readonly accounts: DirectoryAccounts
  readonly denied: (guid: string) => readonly string[]
  readonly homeOf: (user: DirectoryUser) => UserHome
  /** Of the user's account; where nobody can be asked, what is to be taken for an unknown one. */
  readonly lockoutOf: (user: DirectoryUser) => Promise<LockoutPolicy>
  /** For an account of this server, which the directory does not know. */
  readonly own: PasswordProver
  readonly isOwn: (aor: Aor) => Promise<boolean>
}

export class DirectoryPasswords implements PasswordProver {
  readonly #ports: DirectoryPasswordsPorts

  constructor(ports: DirectoryPasswordsPorts) {
    this.#ports = ports
  }

  async prove(aor: Aor, password: string): Promise<PasswordProof> {
    const { own, isOwn } = this.#ports
    if (await isOwn(aor)) return own.prove(aor, password)
    try {
      const found = await this.#ports.users.findNow(aor)
      if (found === null || !found.isFresh) return no('unavailable', 'no global catalog answers')
      const { answer } = found
      if (answer.found === 'nobody') return no('refused', 'nobody in the directory has this address')
      if (answer.found === 'duplicate') return no('refused', 'several in the directory have this address')
      return await this.#check(answer.user, password)
    } catch (error) {
      if (!(error instanceof LdapFault)) throw error
      return no('unavailable', `the directory refuses the question: ${error.message}`)
    }
  }

  async #check(user: DirectoryUser, password: string): Promise<PasswordProof> {
    const { accounts, denied, homeOf, lockoutOf } = this.#ports
    const policy = await lockoutOf(user)
    const outcome = await checkPassword(this.#ports, user, { password, policy })
    if (!outcome.granted) return no(outcome.status === 503 ? 'unavailable' : 'refused', outcome.words)
    const home = homeOf(user)
    if (home === 'unread') return no('unavailable', 'the homes were not read from the directory yet')
    if (home !== 'here') {
      if ('nowhere' in home) return no('refused', home.nowhere)
      return { ok: false, reason: 'elsewhere', words: `at home on ${home.server}`, home: home.server }
    }
    const taken = await accounts.take(user, denied(user.guid))
    if ('aor' in taken) return { ok: true, aor: taken.aor }
    return no(taken.isForNow ? 'unavailable' : 'refused', taken.no)
  }
}

function no(reason: 'refused' | 'unavailable', words: string): PasswordProof {
  return { ok: false, reason, words }
}
