/**
 * Users by address of record, as the rest of the server asks for them: from the cache while it is young, else from a
 * catalog, else, when none answers, from the cache however old, with its age.
 */
import type { Clock } from '../../ports/clock.ts'
import { type LdapConnection, LdapFault } from '../../ports/ldap.ts'
import type { Log } from '../../ports/log.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import type { Catalogs } from './catalogs.ts'
import { type FoundUser, findUser } from './find-user.ts'
import { type CachedAnswer, UserCache } from './user-cache.ts'

export interface LookedUp extends CachedAnswer {
  /** False: no catalog answered, and this is what was known `ageMs` ago. */
  readonly isFresh: boolean
}

export interface DirectoryUsersPorts {
  readonly clock: Clock
  readonly log: Log
  readonly catalogs: Catalogs
}

export interface DirectoryUsersOptions {
  /** Where users are looked for; empty for the whole forest. */
  readonly base: string
  /** What is younger is not asked for again. */
  readonly cacheMs: number
}

export class DirectoryUsers {
  readonly #ports: DirectoryUsersPorts
  readonly #options: DirectoryUsersOptions
  readonly #cache = new UserCache()
  /** Questions under way: who asks for the same user at the same time gets the same answer. */
  readonly #asking = new Map<Aor, Promise<LookedUp | null>>()

  constructor(ports: DirectoryUsersPorts, options: DirectoryUsersOptions) {
    this.#ports = ports
    this.#options = options
  }

  /** Null: no catalog answers, and nothing is known of this address. Rejects only where our question is refused. */
  find(aor: Aor): Promise<LookedUp | null> {
    const cached = this.#cache.get(aor, this.#now())
    if (cached && cached.ageMs < this.#options.cacheMs) return Promise.resolve({ ...cached, isFresh: true })
    return this.findNow(aor)
  }

  /** From a catalog where one answers, however young the cache is: for what needs a fresh yes. */
  findNow(aor: Aor): Promise<LookedUp | null> {
    const under = this.#asking.get(aor)
    if (under) return under
    const asked = this.#ask(aor).finally(() => this.#asking.delete(aor))
    this.#asking.set(aor, asked)
    return asked
  }

  forgetUser(guid: string): void {
    this.#cache.dropUser(guid)
  }

  async #ask(aor: Aor): Promise<LookedUp | null> {
    const { catalogs } = this.#ports
    try {
      const answer = await catalogs.ask((connection: LdapConnection) => findUser(connection, aor, this.#options.base))
      if (answer.found === 'duplicate') this.#tellDuplicate(aor, answer)
      this.#cache.put(aor, answer, this.#now())
      return { answer, ageMs: 0, isFresh: true }
    } catch (error) {
      if (!(error instanceof LdapFault) || error.kind === 'refused') throw error
      const cached = this.#cache.get(aor, this.#now())
      return cached ? { ...cached, isFresh: false } : null
    }
  }

  #tellDuplicate(aor: Aor, { users }: FoundUser & { found: 'duplicate' }): void {
    const claimants = users.map(({ dn }) => dn).join('; ')
    this.#ports.log.write('error', 'directory.duplicate-address', { aor, claimants, users: users.length })
  }

  #now(): number {
    return this.#ports.clock.monotonicMs()
  }
}
