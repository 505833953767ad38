/**
 * Two homes say that a user is theirs: each that can know better is told so.
 */
import type { BusMessage } from '../../ports/bus.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import type { Claim } from './asked-homes.ts'
import type { ServerPlaces } from './server-places.ts'

/** This server's shard sees to its own user; other homes find out themselves. */
export function tellRivals(
  aor: Aor,
  claims: readonly [Claim, Claim],
  places: ServerPlaces,
  send: (place: number, message: BusMessage) => void,
): void {
  const own = claims.find(({ server }) => server === places.ownName)
  for (const { server, epoch } of claims.filter((claim) => claim !== own)) {
    if (own) send(places.of(aor), { kind: 'user-moved', aor, names: [], server, epoch, by: 'rival' })
    // With equal epochs each would send the other to look for ever.
    const place = !own || own.epoch > epoch ? places.shardAt(server, aor) : null
    if (place !== null) send(place, { kind: 'look-again', aor, names: [] })
  }
}
