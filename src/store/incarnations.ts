/**
 * Which incarnation of each worker is the newest that has begun to read. What an older one still has on its way must
 * not land on top of what its successor has already read. Shared by the store thread and the memory store.
 */
export class Incarnations {
  readonly #newest = new Map<number, number>()

  noteReading(worker: number, incarnation: number): void {
    if (incarnation > (this.#newest.get(worker) ?? Number.NEGATIVE_INFINITY)) this.#newest.set(worker, incarnation)
  }

  /** Null when the incarnation may write. */
  staleDetail(worker: number, incarnation: number): string | null {
    const newest = this.#newest.get(worker)
    if (newest === undefined || incarnation >= newest) return null
    return `worker ${worker}: incarnation ${newest} has begun to read, this batch is of ${incarnation}`
  }
}
