/**
 * Places: whom a bus message can be sent to. A worker of this server, or a worker of another server of the topology,
 * which is one more number, so that whoever sends need not know the difference.
 */
import type { Aor } from '../sip/uri/aor.ts'
import type { BusMessage } from './bus.ts'
import { type FlowId, flowWorker } from './flows.ts'
import { shardOf } from './sharding.ts'
import type { Home } from './topology.ts'

/** Place = server · this + worker; server 0 is this one, the others are numbered for the time of its start. */
export const placesPerServer = 1024
/** The place of what some other server knows: which one must be found out first. */
export const elsewhere = -1

export interface Places {
  /** Of the shard that owns this AOR or, if it is no user of this server, knows who to ask. */
  of(aor: Aor): number
  /** Of the edge that owns this flow. NaN for a text that is no flow id. */
  ofFlow(flow: FlowId): number
  /** May the shard at this place be the one that owns this AOR? */
  mayOwn(place: number, aor: Aor): boolean
  /** The places of edges, and of shards, on other servers that can be reached. */
  otherEdges(): Iterable<number>
  otherShards(): Iterable<number>
}

/** Other homes, as a shard sees them. */
export interface Elsewhere {
  /**
   * A message about a user whom the shard does not know. True: it will be seen to. False: as far as is known the user
   * is nobody's, and the shard may say so.
   */
  takes(message: BusMessage, aor: Aor): boolean
  /** False: as far as is known the user is nobody's. */
  mayHave(aor: Aor): boolean
  /** The place of the user's shard on another server, as far as is known; null where none is. */
  peek(aor: Aor): number | null
  /** As far as is known this server is the user's home. */
  isOwn(aor: Aor): boolean
  /**
   * The same, asked for where it is not known. Called outside of units, later or at once. `unsure`: a home that may
   * have the user is out of reach.
   */
  find(aor: Aor, onPlace: (place: number | null | 'unsure') => void): void
  /** All homes are asked anew. Called outside of units, later or at once. */
  findAnew(aor: Aor, onHome: (home: Home) => void): void
  /** The place of this user's shard at that server, if it is a home and can be reached; or why not. */
  homeAt(server: string, aor: Aor): number | 'unknown' | 'front-end' | 'unreachable'
  /** The name of the server of this place. */
  nameAt(place: number): string | null
  readonly ownName: string
  /** Ends the links of this worker to the server of that place; they are made anew. Called outside of units. */
  sever(place: number): void
  /** Places of all workers of other servers that can be reached. */
  everywhere(): Iterable<number>
}

/** For a server that is alone. */
export const nowhere: Elsewhere = {
  takes: () => false,
  mayHave: () => false,
  peek: () => null,
  isOwn: () => false,
  find: (_aor, onPlace) => onPlace(null),
  findAnew: (_aor, onHome) => onHome('nobody'),
  homeAt: () => 'unknown',
  nameAt: () => null,
  ownName: '',
  sever: () => {},
  everywhere: () => [],
}

/** Where there are no others. */
export function placesOfOneServer(workersCount: number): Places {
  return {
    of: (aor) => shardOf(aor, workersCount),
    ofFlow: flowWorker,
    mayOwn: (place, aor) => shardOf(aor, workersCount) === place,
    otherEdges: () => [],
    otherShards: () => [],
  }
}

/** 0: this one. Negative or NaN: none that is known. */
export function serverOfPlace(place: number): number {
  return Math.floor(place / placesPerServer)
}

export function workerOfPlace(place: number): number {
  return place % placesPerServer
}

export function isOwnPlace(place: number): boolean {
  return place >= 0 && place < placesPerServer
}
