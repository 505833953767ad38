/**
 * Users of the directory between homes: an attribute that an administrator has changed is a request, which their home
 * carries out; and who has come or gone, whoever asked for it, is followed here from then on or no more.
 */
import type { DirectoryAccounts } from '../directory/index.ts'
import type { Log } from '../ports/log.ts'
import type { UserMovedMessage } from '../ports/move-bus.ts'
import type { Aor } from '../sip/uri/aor.ts'
import type { AccountAsks } from './account-asks.ts'

export interface DirectoryMovesPorts {
  readonly log: Log
  readonly audit: (event: string, aor: Aor, detail: string) => void
  /** Of this server in the topology. */
  readonly ownName: string
}

export class DirectoryMoves {
  readonly #accounts: DirectoryAccounts
  readonly #asks: Pick<AccountAsks, 'askMove' | 'act'>
  readonly #ports: DirectoryMovesPorts
  /** What was refused last of an address, so that the log has it once. */
  readonly #refused = new Map<Aor, string>()

  constructor(accounts: DirectoryAccounts, asks: Pick<AccountAsks, 'askMove' | 'act'>, ports: DirectoryMovesPorts) {
    this.#accounts = accounts
    this.#asks = asks
    this.#ports = ports
  }

  /** One after the other, as moves are; what does not come about is asked for again the next time. */
  async request(): Promise<void> {
    for (const { aor, to } of this.#accounts.requestedMoves()) {
      const reply = await this.#asks.askMove(aor, { act: 'move', to })
      if (reply.ok) {
        this.#refused.delete(aor)
        this.#accounts.left(aor)
        this.#ports.audit('directory.moved', aor, `to ${to}, as its home attribute says`)
      } else if (this.#refused.get(aor) !== reply.message) {
        this.#refused.set(aor, reply.message)
        this.#ports.log.write('warn', 'directory.not-moved', { aor, to, detail: reply.message })
      }
    }
  }

  async onMoved({ aor, server }: UserMovedMessage): Promise<void> {
    if (server !== this.#ports.ownName) return this.#accounts.left(aor)
    const shown = await this.#asks.act(aor, { act: 'show' })
    if (shown.ok && shown.directory !== null) this.#accounts.arrived(aor, shown.directory)
  }
}
