/**
 * `home`: which server is the home of a user who has not always been here, or is here no longer. It stands beside the
 * users (under `!homes`), is read before them, and outlives what the user leaves. A user without one is at home where
 * his account is, with the first epoch.
 */
import type { Aor } from '../../sip/uri/aor.ts'
import type { ScanRange, StoreKey } from '../store.ts'
import { recordKey, userRange } from './keys.ts'
import { recordKind } from './record-kind.ts'

/** `owned`: here. `moved`: at `server`. */
const states = ['owned', 'moved'] as const

export interface HomeRecord {
  readonly aor: Aor
  /** The user's other names. */
  readonly names: readonly Aor[]
  readonly state: (typeof states)[number]
  /** His home; this server's own name where it is that. */
  readonly server: string
  /** Rises with each move: of two homes the one with the higher epoch is right. */
  readonly epoch: number
  /** The move that made it so; empty for an adoption. */
  readonly move: string
  /** Of `moved`: the new home has said that it has taken over, and what was left here is gone. */
  readonly isOver: boolean
  readonly atMs: number
}

/** Of a user who was never moved. */
export const firstHomeEpoch = 1

const owner = '!homes'

export const homeRecord = recordKind<HomeRecord>({
  name: 'home',
  version: 1,
  toFields: ({ aor, names, state, server, epoch, move, isOver, atMs }) => {
    return [aor, [...names], states.indexOf(state), server, epoch, move, isOver, atMs]
  },
  fromFields: (fields) => ({
    aor: fields.text() as Aor,
    names: fields.texts() as readonly Aor[],
    state: states[fields.count()] ?? 'moved',
    server: fields.text(),
    epoch: fields.count(),
    move: fields.text(),
    isOver: fields.flag(),
    atMs: fields.count(),
  }),
})

export function homeKey(aor: Aor): StoreKey {
  return recordKey(owner, homeRecord.name, aor)
}

export const homesRange: ScanRange = userRange(owner)
