/**
 * Servers and homes as the configuration partition has them now, asked for again and again; what was known stays while
 * no catalog answers. Without the schema extension they are those of topology.file, which users' homes name.
 */
import {
  type Catalogs,
  type DirectoryTopology,
  type DirectoryUser,
  dnKey,
  readDirectoryTopology,
  type UserHome,
} from '../directory/index.ts'
import { LdapFault } from '../ports/ldap.ts'
import type { Log } from '../ports/log.ts'
import { readTopologyFile } from '../topology/index.ts'

export interface HomesOptions {
  /** Of this server in the topology; null where it stands alone and is the home of all. */
  readonly ownName: string | null
  readonly pollMs: number
  /** Where the schema is not extended and there are several servers: their list. */
  readonly listFile?: string | null
}

export class DirectoryHomes {
  readonly #catalogs: Catalogs
  readonly #log: Log
  readonly #options: HomesOptions
  #known: DirectoryTopology | null = null
  #polling: NodeJS.Timeout | null = null

  constructor(catalogs: Catalogs, log: Log, options: HomesOptions) {
    this.#catalogs = catalogs
    this.#log = log
    this.#options = options
  }

  /** Null: nothing was read, which the log then says. */
  async read(): Promise<DirectoryTopology | null> {
    const { listFile } = this.#options
    if (listFile != null) return this.#readList(listFile)
    try {
      this.#known = (await this.#catalogs.ask(readDirectoryTopology)) ?? this.#known
      return this.#known
    } catch (error) {
      if (!(error instanceof LdapFault)) throw error
      this.#log.write('warn', 'directory.topology-not-read', { detail: error.message })
      return null
    }
  }

  #readList(file: string): DirectoryTopology | null {
    const read = readTopologyFile(file, file)
    // Who follows the list says what is wrong with it.
    if (!read.ok) return this.#known
    const { topology } = read
    const names = topology.servers.filter(({ role }) => role !== 'front-end').map(({ name }) => name)
    this.#known = {
      topology,
      homes: new Map(names.map((name) => [dnKey(name), name.toLowerCase()])),
      otherTrusted: [],
      faults: [],
    }
    return this.#known
  }

  /** `onRead`: each time; `areHomesNew`: whose home is which server may have changed. */
  follow(onRead: (read: DirectoryTopology, areHomesNew: boolean) => void): void {
    this.#polling = setInterval(async () => {
      const before = JSON.stringify([...(this.#known?.homes ?? [])])
      const read = await this.read()
      if (read) onRead(read, JSON.stringify([...read.homes]) !== before)
    }, this.#options.pollMs)
    this.#polling.unref()
  }

  end(): void {
    clearInterval(this.#polling ?? undefined)
  }

  /** Empty where it stands alone. */
  get ownName(): string {
    return this.#options.ownName ?? ''
  }

  /** `DirectoryTopology.homes`; null where it was not read yet. */
  get homes(): ReadonlyMap<string, string> | null {
    return this.#known?.homes ?? null
  }

  homeOf({ home }: DirectoryUser): UserHome {
    const { ownName } = this.#options
    if (ownName === null) return 'here'
    if (home === 'none') return { nowhere: 'his home attribute is empty' }
    if (home === 'deleted') return { nowhere: 'his home is a pool that was deleted' }
    if (this.#known === null) return 'unread'
    const server = this.#known.homes.get(dnKey(home.dn))
    if (server === undefined) return { nowhere: `his home is not in the topology: ${home.dn}` }
    return server === ownName ? 'here' : { server }
  }
}
