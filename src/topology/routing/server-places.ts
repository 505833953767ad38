/**
 * Servers of the topology as places: each name has a number for the time of this start, each boot id a server. The same
 * on all workers but for which links are up.
 */
import { type FlowId, flowWorker } from '../../ports/flows.ts'
import type { LinkPeer } from '../../ports/links.ts'
import { elsewhere, isOwnPlace, type Places, placesPerServer, serverOfPlace } from '../../ports/places.ts'
import { shardOf } from '../../ports/sharding.ts'
import type { Home } from '../../ports/topology.ts'
import type { Aor } from '../../sip/uri/aor.ts'

export interface OwnStart {
  readonly bootId: string
  readonly workersCount: number
  /** False for a front end, whose users all have their homes elsewhere. */
  readonly holdsUsers: boolean
}

export class ServerPlaces implements Places {
  readonly #own: OwnStart
  /** By number; this server is the first. Names are only ever added. */
  readonly #names: readonly string[]
  /** Peers as they were when their link was last up. */
  readonly #peers = new Map<string, LinkPeer>()
  readonly #up = new Set<string>()
  readonly #numberOfBoot = new Map<string, number>()
  readonly #homeOf: (aor: Aor) => Home | null
  readonly #isHome: (server: string) => boolean

  constructor(
    own: OwnStart,
    names: readonly string[],
    of: { readonly homeOf: (aor: Aor) => Home | null; readonly isHome: (server: string) => boolean },
  ) {
    this.#own = own
    this.#names = names
    this.#homeOf = of.homeOf
    this.#isHome = of.isHome
  }

  get ownName(): string {
    return this.#names[0] as string
  }

  of(aor: Aor): number {
    return this.#own.holdsUsers ? shardOf(aor, this.#own.workersCount) : elsewhere
  }

  ofFlow(flow: FlowId): number {
    const bootId = bootIdOf(flow)
    if (bootId === this.#own.bootId) return flowWorker(flow)
    const number = this.#numberOfBoot.get(bootId)
    return number === undefined ? elsewhere : number * placesPerServer + flowWorker(flow)
  }

  isOwnFlow(flow: FlowId): boolean {
    return bootIdOf(flow) === this.#own.bootId
  }

  mayOwn(place: number, aor: Aor): boolean {
    if (isOwnPlace(place)) return this.#own.holdsUsers && shardOf(aor, this.#own.workersCount) === place
    const home = this.#homeOf(aor)
    return home !== null && typeof home === 'object' && this.shardAt(home.server, aor) === place
  }

  *otherEdges(): Iterable<number> {
    for (const name of this.#up) yield* this.all(name)
  }

  *otherShards(): Iterable<number> {
    for (const name of this.#up) if (this.#isHome(name)) yield* this.all(name)
  }

  /** The place of that home's shard for this AOR; null while nothing is known of that server. */
  shardAt(server: string, aor: Aor): number | null {
    const peer = this.#peers.get(server)
    const number = this.numberOf(server)
    return peer && number > 0 ? number * placesPerServer + shardOf(aor, peer.workersCount) : null
  }

  /** 0 for this server, −1 for none. */
  numberOf(server: string): number {
    return this.#names.indexOf(server)
  }

  nameAt(place: number): string | null {
    return this.#names[serverOfPlace(place)] ?? null
  }

  /** All places of that server, as it was when its link was last up. */
  all(server: string): readonly number[] {
    const number = this.numberOf(server)
    const { workersCount } = this.#peers.get(server) ?? { workersCount: 0 }
    return number <= 0 ? [] : Array.from({ length: workersCount }, (_, worker) => number * placesPerServer + worker)
  }

  /** Where its worker of this number is; null where it has none. */
  placeAt(server: string, worker: number): number | null {
    const { workersCount } = this.#peers.get(server) ?? { workersCount: 0 }
    const isThere = Number.isInteger(worker) && worker >= 0 && worker < workersCount
    return isThere ? this.numberOf(server) * placesPerServer + worker : null
  }

  isUp(server: string): boolean {
    return this.#up.has(server)
  }

  isHomeAt(place: number): boolean {
    const name = this.nameAt(place)
    return name !== null && this.#isHome(name)
  }

  lastBootOf(server: string): string | null {
    return this.#peers.get(server)?.bootId ?? null
  }

  up(peer: LinkPeer): void {
    this.know(peer)
    this.#up.add(peer.name)
  }

  /** It runs, be it that no link of this worker to it is up. */
  know(peer: LinkPeer): void {
    const before = this.#peers.get(peer.name)
    if (before) this.#numberOfBoot.delete(before.bootId)
    this.#peers.set(peer.name, peer)
    this.#numberOfBoot.set(peer.bootId, this.numberOf(peer.name))
  }

  down(server: string): void {
    this.#up.delete(server)
  }
}

export function bootIdOf(flow: FlowId): string {
  return flow.slice(flow.lastIndexOf('.') + 1)
}
