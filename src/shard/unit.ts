/**
 * A unit of work: collects the effects of handling one message, timer or reply, and changes nothing by itself, so
 * that an exception half way leaves no half-done state. `shard.ts` carries the effects out, in the order of the
 * fields below.
 */
import type { BusMessage } from '../ports/bus.ts'
import type { RecordWrite, StoreKey } from '../ports/store.ts'
import type { Aor } from '../sip/uri/aor.ts'

export interface FlushedSend {
  readonly worker: number
  readonly message: BusMessage
  /** Sent in its place when the batch fails; null: nothing is. */
  readonly otherwise: BusMessage | null
}

export class Unit {
  /** Steady wall clock at the start of the unit: one time for all that it decides. */
  readonly nowMs: number
  writes: readonly RecordWrite[] = none
  touched: readonly Aor[] = none
  changes: readonly (() => void)[] = none
  sends: readonly { readonly worker: number; readonly message: BusMessage }[] = none
  flushedSends: readonly FlushedSend[] = none
  followUps: readonly (() => void)[] = none

  constructor(nowMs: number) {
    this.nowMs = nowMs
  }

  /** Writes (or with null removes) one record of this user, in the batch of this tick. */
  write(aor: Aor, key: StoreKey, value: Uint8Array | null): void {
    this.writes = appended(this.writes, { key, value })
    this.touch(aor)
  }

  /** What leaves by `sendFlushed` rests on this user's state, so it waits for the last batch that changed it. */
  touch(aor: Aor): void {
    // More than once does no harm; in a row it is usual.
    if (this.touched.at(-1) !== aor) this.touched = appended(this.touched, aor)
  }

  /** A change of memory, carried out when the batch is handed over. It must not throw. */
  change(apply: () => void): void {
    this.changes = appended(this.changes, apply)
  }

  /** Leaves at the end of the unit: for what promises nothing. */
  send(worker: number, message: BusMessage): void {
    this.sends = appended(this.sends, { worker, message })
  }

  /** Leaves when everything that this unit wrote, or that it read of the users touched, is flushed (P1). */
  sendFlushed(worker: number, message: BusMessage, otherwise: BusMessage | null): void {
    this.flushedSends = appended(this.flushedSends, { worker, message, otherwise })
  }

  /** Runs when all effects of this unit have been carried out: for what must see its changes. Usually another unit. */
  afterwards(followUp: () => void): void {
    this.followUps = appended(this.followUps, followUp)
  }
}

/** What nothing was put into is the same for all units, and a list with one entry has room for one: most are so. */
const none: readonly never[] = []

function appended<T>(list: readonly T[], entry: T): readonly T[] {
  if (list.length === 0) return [entry]
  const own = list as T[]
  own.push(entry)
  return own
}
