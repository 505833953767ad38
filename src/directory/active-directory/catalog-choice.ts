/**
 * Which global catalog to ask: those of our own site first, then by priority, then by measured latency. One that fails
 * or is slow is left for a while that doubles, and comes back when a probe finds it well.
 */

export interface CatalogServer {
  readonly host: string
  readonly port: number
  /** Name of its site; compared with our own without case. */
  readonly site: string
  /** The lower, the earlier, as in SRV records (RFC 2782). */
  readonly priority: number
}

export interface CatalogState {
  readonly server: CatalogServer
  /** Smoothed; null before the first answer. */
  readonly latencyMs: number | null
  /** Answers that never came, since the last good one. */
  readonly failuresInRow: number
  /** Left alone until this time of the steady clock; null while it is in use. */
  readonly leftUntilMs: number | null
  readonly lastFault: string | null
}

const firstBackOffMs = 1000
const longestBackOffMs = 60_000
/** Weight of the newest answer: some ten answers make up the figure. */
const smoothing = 0.2

export class CatalogChoice {
  readonly #states: { -readonly [K in keyof CatalogState]: CatalogState[K] }[]
  readonly #site: string
  readonly #slowMs: number

  /** An answer that takes longer than `slowMs` counts like none where there is another server. */
  constructor(servers: readonly CatalogServer[], { site, slowMs }: { site: string; slowMs: number }) {
    this.#site = site.toLowerCase()
    this.#slowMs = slowMs
    this.#states = servers.map((server) => ({
      server,
      latencyMs: null,
      failuresInRow: 0,
      leftUntilMs: null,
      lastFault: null,
    }))
  }

  states(): readonly CatalogState[] {
    return this.#states
  }

  /** All of them, in the order in which to ask. Those that are left stand last: better than no answer. */
  order(): readonly CatalogServer[] {
    const rank = ({ server, latencyMs, leftUntilMs }: CatalogState) => [
      leftUntilMs === null ? 0 : 1,
      leftUntilMs ?? 0,
      server.site.toLowerCase() === this.#site ? 0 : 1,
      server.priority,
      // Not measured yet: asked first, to be measured.
      latencyMs ?? -1,
    ]
    return [...this.#states].sort((a, b) => compare(rank(a), rank(b))).map(({ server }) => server)
  }

  /** Those whose time of being left is over: a probe decides whether they come back. */
  dueForProbe(nowMs: number): readonly CatalogServer[] {
    return this.#states
      .filter(({ leftUntilMs }) => leftUntilMs !== null && leftUntilMs <= nowMs)
      .map(({ server }) => server)
  }

  answered(server: CatalogServer, tookMs: number, nowMs: number): void {
    const state = this.#of(server)
    if (!state) return
    if (tookMs >= this.#slowMs && this.#states.length > 1) {
      return this.failed(server, `slow: an answer took ${Math.round(tookMs)} ms`, nowMs)
    }
    // What was measured before it was left says nothing of now.
    const before = state.leftUntilMs === null ? state.latencyMs : null
    state.latencyMs = before === null ? tookMs : before + smoothing * (tookMs - before)
    state.failuresInRow = 0
    state.leftUntilMs = null
    state.lastFault = null
  }

  failed(server: CatalogServer, fault: string, nowMs: number): void {
    const state = this.#of(server)
    if (!state) return
    const backOffMs = Math.min(longestBackOffMs, firstBackOffMs * 2 ** Math.min(state.failuresInRow, 16))
    state.failuresInRow++
    state.leftUntilMs = nowMs + backOffMs
    state.lastFault = fault
  }

  #of(server: CatalogServer) {
    return this.#states.find((state) => state.server === server)
  }
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index])
  return at < 0 ? 0 : a[at]! - b[at]!
}
