/**
 * What this server has found out about who is whose home, held against its own users: a home with a higher epoch has
 * taken one over (an adoption while this server was dead), one with an equal epoch has him by the same right, and then
 * neither serves him.
 */
import type { UserMovedMessage } from '../ports/move-bus.ts'
import { type HomeRecord, homeKey, homeRecord } from '../ports/records/home.ts'
import type { Aor } from '../sip/uri/aor.ts'
import { announceHere, type MovePorts, run } from './move-ports.ts'

export class Rivals {
  readonly #ports: MovePorts
  readonly #isLeaving: (aor: Aor) => boolean

  /** `isLeaving`: a move of this server's own says where he goes. */
  constructor(ports: MovePorts, isLeaving: (aor: Aor) => boolean) {
    this.#ports = ports
    this.#isLeaving = isLeaving
  }

  onMoved({ aor, names, server, epoch, by }: UserMovedMessage): void {
    const { accounts, book, elsewhere, host } = this.#ports
    const own = book.epochOf(aor)
    const isHere = host.shardOf(aor) === host.worker && accounts.find(aor) !== null && book.movedTo(aor) === null
    if (server === elsewhere.ownName || !isHere || this.#isLeaving(aor)) {
      if (by === 'record' && epoch >= own && book.find(aor)?.epoch !== epoch)
        book.put(this.#record(aor, names, server, epoch))
    } else if (epoch > own) this.#yield(this.#record(aor, names, server, epoch))
    else if (epoch === own && !book.isContested(aor)) {
      book.contest(aor)
      host.log.write('error', 'move.two-homes', { aor, other: server, epoch, cure: 'meridian user adopt' })
    }
  }

  /** What is kept of him stays in the store, for an administrator to look at; nobody is served by it. */
  #yield(record: HomeRecord): void {
    const { book, host } = this.#ports
    const { aor, server, epoch } = record
    run(this.#ports, aor, 'move-yielded', (unit) => {
      unit.write(aor, homeKey(aor), homeRecord.encode(record))
      unit.change(() => book.put(record))
      unit.afterwards(() => host.travellers.drop(aor))
    })
    host.log.write('error', 'move.yielded', { aor, to: server, epoch })
    announceHere(this.#ports, record)
  }

  #record(aor: Aor, names: readonly Aor[], server: string, epoch: number): HomeRecord {
    const { elsewhere, host } = this.#ports
    const state = server === elsewhere.ownName ? 'owned' : 'moved'
    return { aor, names, state, server, epoch, move: '', isOver: true, atMs: host.clock.systemMs() }
  }
}
