/**
 * How often the admin API was asked over the network, by what came of it, for /metrics.
 */
import type { NetworkOutcome } from '../admin/index.ts'
import type { MetricSample } from '../runtime/index.ts'

const outcomes: readonly NetworkOutcome[] = ['done', 'refused', 'unauthorized', 'limited', 'failed']

export class AdminCounts {
  readonly #counts = new Map(outcomes.map((outcome) => [outcome, 0]))

  count(outcome: NetworkOutcome): void {
    this.#counts.set(outcome, (this.#counts.get(outcome) ?? 0) + 1)
  }

  get samples(): readonly MetricSample[] {
    const family = { kind: 'counter', name: 'meridian_admin_requests_total', bounds: [], counts: [] } as const
    const help = 'Requests to the admin API over the network, by what came of them.'
    return [...this.#counts].map(([outcome, value]) => ({ ...family, help, labels: { outcome }, value }))
  }
}
