/**
 * What comes for users who have another home by now, from who has not heard of it: he is told to look for them anew.
 * Asks have answers of their own (`src/topology/routing/`).
 */
import type { BusMessage } from '../ports/bus.ts'
import { isOwnPlace } from '../ports/places.ts'
import { firstHomeEpoch } from '../ports/records/home.ts'
import type { Homes } from './service.ts'
import type { ShardPorts } from './shard-ports.ts'

type MovedPorts = Pick<ShardPorts, 'bus' | 'places'>

/** Where no user is ever moved. */
export const noHomes: Homes = { movedTo: () => null, epochOf: () => firstHomeEpoch, isContested: () => false }

/** What is left of the message for this shard. */
export function withoutMoved(message: BusMessage, homes: Homes, { bus, places }: MovedPorts): BusMessage | null {
  if (message.kind === 'watches') {
    const { entries, worker } = message
    if (isOwnPlace(worker)) return message
    const left = entries.filter(({ presentity }) => homes.movedTo(presentity) === null)
    if (left.length === entries.length) return message
    for (const { presentity: aor } of entries) {
      if (homes.movedTo(aor) !== null) bus.send(worker, { kind: 'look-again', aor, names: [] })
    }
    return left.length === 0 ? null : { ...message, entries: left }
  }
  if (message.kind !== 'flow-alive' || homes.movedTo(message.aor) === null) return message
  const place = places.ofFlow(message.flow)
  // What a flow of this server's own says goes on to the user's home.
  if (isOwnPlace(place)) return message
  bus.send(place, { kind: 'look-again', aor: message.aor, names: [] })
  return null
}
