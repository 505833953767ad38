/**
 * Which other server has a user by its own word: main asks before somebody of the directory becomes an account here,
 * since an attribute that was changed makes no home of a server while the old one still has the user.
 */
import type { Bus } from '../../ports/bus.ts'
import type { HomeAskMessage } from '../../ports/directory-bus.ts'
import { AskedHomes, type HomesAsker } from './asked-homes.ts'
import type { RoutesPorts } from './routes-ports.ts'

export class OtherHomes {
  /** Hears what homes answer. */
  readonly asked: AskedHomes
  readonly #bus: Bus

  constructor(asker: HomesAsker, ownName: () => string, ports: RoutesPorts) {
    this.asked = new AskedHomes({ ...asker, homes: () => asker.homes().filter((name) => name !== ownName()) }, ports)
    this.#bus = ports.bus
  }

  answer({ from: to, aor }: HomeAskMessage): void {
    this.asked.forget(aor)
    this.asked.find(aor, (home) => {
      const named = typeof home === 'object' ? home.server : null
      const outcome = named !== null ? 'named' : home === 'unsure' ? 'unsure' : 'unnamed'
      this.#bus.send(to.worker, { kind: 'home-answer', to, aor, outcome, server: named })
    })
  }
}
