/**
 * Whose home is which server, as the directory says: one search for an address, from the cache while it is young, and
 * however old while no catalog answers. It is advice: whoever is wrong says so, and nothing is granted by it.
 */
import { LdapFault } from '../../ports/ldap.ts'
import type { Log } from '../../ports/log.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import type { DirectoryUser } from './directory-user.ts'
import type { DirectoryUsers, LookedUp } from './directory-users.ts'
import { dnKey } from './distinguished-name.ts'

/** As the topology has them now (`DirectoryTopology.homes`); null: it was not read yet. */
export type ReadHomes = () => ReadonlyMap<string, string> | null

/** `unnamed`: nobody has the address, several have it, or his home is none; `unsure`: no catalog has answered yet. */
export type NamedHome =
  | { readonly outcome: 'named'; readonly server: string }
  | { readonly outcome: 'unnamed' | 'unsure'; readonly server: null }

const knownMax = 200_000
const unsure: NamedHome = { outcome: 'unsure', server: null }
const unnamed: NamedHome = { outcome: 'unnamed', server: null }

export class DirectoryHoming {
  readonly #users: DirectoryUsers
  readonly #homes: ReadHomes
  readonly #log: Log
  /** What was said last of an address, oldest first: a server, or why none. */
  readonly #said = new Map<Aor, string>()

  constructor(users: DirectoryUsers, homes: ReadHomes, log: Log) {
    this.#users = users
    this.#homes = homes
    this.#log = log
  }

  /** `isAnew`: what is kept was wrong, so a catalog is asked where one answers. */
  async find(aor: Aor, isAnew: boolean): Promise<NamedHome> {
    try {
      const found = await (isAnew ? this.#users.findNow(aor) : this.#users.find(aor))
      return found === null ? unsure : this.#named(aor, found)
    } catch (error) {
      if (!(error instanceof LdapFault)) throw error
      this.#log.write('error', 'directory.question-refused', { aor, detail: error.message })
      return unsure
    }
  }

  /** He was changed in some way. Returns those of his names that were asked for and have another home now. */
  changed({ aor, aliases, home }: DirectoryUser): readonly Aor[] {
    const now = this.#serverOf(home) ?? reasonOf(home)
    const names = aor === null ? [] : [aor, ...aliases]
    return names.filter((name) => this.#said.has(name) && this.#said.get(name) !== now)
  }

  #named(aor: Aor, { answer }: LookedUp): NamedHome {
    if (answer.found !== 'user') {
      this.#keep(aor, answer.found)
      return unnamed
    }
    if (this.#homes() === null) return unsure
    const { home, dn } = answer.user
    const server = this.#serverOf(home)
    if (server !== null) {
      this.#keep(aor, server)
      return { outcome: 'named', server }
    }
    const reason = reasonOf(home)
    if (this.#keep(aor, reason)) this.#log.write('warn', 'directory.no-home', { aor, dn, reason })
    return unnamed
  }

  #serverOf(home: DirectoryUser['home']): string | null {
    return typeof home === 'string' ? null : (this.#homes()?.get(dnKey(home.dn)) ?? null)
  }

  /** True: it is something new. */
  #keep(aor: Aor, said: string): boolean {
    const isNew = this.#said.get(aor) !== said
    this.#said.delete(aor)
    this.#said.set(aor, said)
    if (this.#said.size > knownMax) this.#said.delete(this.#said.keys().next().value!)
    return isNew
  }
}

function reasonOf(home: DirectoryUser['home']): string {
  return typeof home === 'string' ? home : `not in the topology: ${home.dn}`
}
