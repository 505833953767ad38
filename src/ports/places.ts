/**
 * Places: whom a bus message can be sent to. A worker of this server, or a worker of another server of the topology,
 * which is one more number, so that whoever sends need not know the difference.
 */
import type { Aor } from '../sip/uri/aor.ts'
import { type FlowId, flowWorker } from './flows.ts'
import { shardOf } from './sharding.ts'

/** Place = server · this + worker; server 0 is this one, the others are numbered for the time of its start. */
export const placesPerServer = 1024

export interface Places {
  /** Of the shard that owns this AOR or, if it is no user of this server, knows who to ask. */
  of(aor: Aor): number
  /** Of the edge that owns this flow. NaN for a text that is no flow id. */
  ofFlow(flow: FlowId): number
}

/** Where there are no others. */
export function placesOfOneServer(workersCount: number): Places {
  return { of: (aor) => shardOf(aor, workersCount), ofFlow: flowWorker }
}

export function serverOfPlace(place: number): number {
  return Math.floor(place / placesPerServer)
}

export function workerOfPlace(place: number): number {
  return place % placesPerServer
}

export function isOwnPlace(place: number): boolean {
  return place < placesPerServer
}
