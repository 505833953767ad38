/**
 * Tells shards in which groups of the directory their accounts are; a change acts on live subscriptions before it is
 * acknowledged. Groups that the configuration does not name are an administrator's, and are left alone.
 */
import type { AdminReply, AdminRequest } from '../../ports/admin.ts'
import type { Log } from '../../ports/log.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import type { DirectoryGroups } from './directory-groups.ts'

export interface AccountGroupsPorts {
  readonly log: Log
  readonly act: (aor: Aor, request: AdminRequest) => Promise<AdminReply>
  /** objectGUID → address of all who are accounts here. */
  readonly accounts: () => ReadonlyMap<string, Aor>
}

const toldAtOnce = 64

export class AccountGroups {
  readonly #ports: AccountGroupsPorts
  readonly #groups: DirectoryGroups
  /** objectGUID → what its shard has confirmed in this start. */
  readonly #told = new Map<string, string>()

  constructor(groups: DirectoryGroups, ports: AccountGroupsPorts) {
    this.#groups = groups
    this.#ports = ports
  }

  /** Those that are not as they should be, some at once. What is not taken is told the next time. */
  async tell(): Promise<void> {
    if (this.#groups.names.length === 0) return
    const accounts = this.#ports.accounts()
    for (const guid of this.#told.keys()) if (!accounts.has(guid)) this.#told.delete(guid)
    const due = [...accounts].filter(([guid]) => this.#told.get(guid) !== this.#groups.of(guid)?.join('\n'))
    for (let from = 0; from < due.length; from += toldAtOnce) {
      await Promise.all(due.slice(from, from + toldAtOnce).map(([guid, aor]) => this.#tellOne(guid, aor)))
    }
  }

  async #tellOne(guid: string, aor: Aor): Promise<void> {
    const { act, log } = this.#ports
    const add = this.#groups.of(guid)
    if (add === null) return
    const remove = this.#groups.names.filter((name) => !add.includes(name))
    const reply = await act(aor, { act: 'change-groups', add, remove })
    if (!reply.ok) return
    if (this.#told.has(guid)) log.write('info', 'directory.groups-changed', { aor, groups: add.join(', ') })
    this.#told.set(guid, add.join('\n'))
  }
}
