/**
 * Whose home is which server, by the directory (port Homing). It is advice: a home that was told wrong says so, and the
 * directory is asked again. Old answers will do here, since nothing is granted by them.
 */
import { LdapFault } from '../../ports/ldap.ts'
import type { Log } from '../../ports/log.ts'
import type { Home, Homing } from '../../ports/topology.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import type { DirectoryUsers, LookedUp } from './directory-users.ts'
import { dnKey } from './distinguished-name.ts'

/** As the topology has them now (`DirectoryTopology.homes`). */
export type ReadHomes = () => ReadonlyMap<string, string>

const knownMax = 200_000

export class DirectoryHoming implements Homing {
  readonly #users: DirectoryUsers
  readonly #homes: ReadHomes
  readonly #log: Log
  /** Oldest first. */
  readonly #known = new Map<Aor, Home>()
  readonly #wrong = new Set<Aor>()

  constructor(users: DirectoryUsers, homes: ReadHomes, log: Log) {
    this.#users = users
    this.#homes = homes
    this.#log = log
  }

  find(aor: Aor, onHome: (home: Home) => void): void {
    const found = this.#wrong.has(aor) ? this.#users.findNow(aor) : this.#users.find(aor)
    void found
      .then((lookedUp) => this.#homeOf(aor, lookedUp))
      .catch((error: unknown) => this.#refused(aor, error))
      .then(onHome)
  }

  peek(aor: Aor): Home | null {
    return this.#known.get(aor) ?? null
  }

  forget(aor: Aor): void {
    this.#known.delete(aor)
    this.#wrong.add(aor)
  }

  #homeOf(aor: Aor, found: LookedUp | null): Home {
    if (found === null) return this.#known.get(aor) ?? 'unsure'
    if (found.isFresh) this.#wrong.delete(aor)
    const home = this.#named(aor, found)
    this.#known.delete(aor)
    this.#known.set(aor, home)
    if (this.#known.size > knownMax) this.#known.delete(this.#known.keys().next().value!)
    return home
  }

  /** Several who claim an address, and a home that is none, are nobody. */
  #named(aor: Aor, { answer }: LookedUp): Home {
    if (answer.found !== 'user') return 'nobody'
    const { home, dn } = answer.user
    const server = typeof home === 'string' ? undefined : this.#homes().get(dnKey(home.dn))
    if (server !== undefined) return { server }
    const reason = typeof home === 'string' ? home : `not in the topology: ${home.dn}`
    this.#log.write('warn', 'directory.no-home', { aor, dn, reason })
    return 'nobody'
  }

  #refused(aor: Aor, error: unknown): Home {
    if (!(error instanceof LdapFault)) throw error
    this.#log.write('error', 'directory.question-refused', { aor, detail: error.message })
    return 'unsure'
  }
}
