/**
 * Whoever wants a secret for a device proves first that he has the account's password: by the digests that the shard
 * keeps, or, where the account is one of Active Directory, by a bind (`directory-passwords.ts`).
 */
import type { AdminReply, AdminRequest } from '../../ports/admin.ts'
import type { DigestSecrets } from '../../ports/directory.ts'
import { computeHa1 } from '../../sip/digest/compute.ts'
import { type Aor, aorUser } from '../../sip/uri/aor.ts'

/** One act on one account, durable when the promise resolves. */
export type ActOnAccount = (aor: Aor, request: AdminRequest) => Promise<AdminReply>

export type PasswordProof =
  /** `aor`: the account's own, whatever name was given. */
  | { readonly ok: true; readonly aor: Aor }
  /**
   * `words` are for log and audit. `home`: the password is right, but the account is at home on another server, which
   * this names.
   */
  | {
      readonly ok: false
      readonly reason: 'refused' | 'unavailable' | 'elsewhere'
      readonly words: string
      readonly home?: string
    }

export interface PasswordProver {
  prove(aor: Aor, password: string): Promise<PasswordProof>
}

export class LocalPasswords implements PasswordProver {
  readonly #act: ActOnAccount
  readonly #realm: string

  constructor(act: ActOnAccount, realm: string) {
    this.#act = act
    this.#realm = realm
  }

  async prove(name: Aor, password: string): Promise<PasswordProof> {
    const shown = await this.#act(name, { act: 'show' })
    // The digest is made over the user name of the account, not of the name that was typed.
    const aor = shown.ok ? (shown.account?.aor ?? name) : name
    const secrets = digestsOf(aorUser(aor), this.#realm, password)
    const reply = shown.ok ? await this.#act(aor, { act: 'prove', secrets }) : shown
    if (reply.ok) return { ok: true, aor }
    return { ok: false, reason: reply.error === 'unavailable' ? 'unavailable' : 'refused', words: reply.message }
  }
}

export function digestsOf(userName: string, realm: string, secret: string): DigestSecrets {
  return { md5: computeHa1('MD5', userName, realm, secret), sha256: computeHa1('SHA-256', userName, realm, secret) }
}
