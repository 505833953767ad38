/**
 * Who may bring what, before anything is parsed further: rates per flow and source, new flows per source, bans. Flows
 * that have signed in answer for themselves alone; the source's limits are for those that have not (a NAT has many
 * people).
 */
import { type BucketLimits, SourceGuard, TokenBuckets } from '../guard/index.ts'
import type { Clock } from '../ports/clock.ts'
import type { TransportFlow } from '../ports/flows.ts'
import type { Counter, Metrics } from '../ports/metrics.ts'
import type { EdgeFlow } from './edge-flow.ts'
import type { EdgeLimits } from './edge-ports.ts'
import { type EdgeRejection, sourceBanned, tooManyRequests } from './rejections.ts'

/** A burst of new flows: what a site that comes back after a failure needs, in seconds of the allowed rate. */
const newFlowsBurstSeconds = 20

export class FlowGate {
  readonly #clock: Clock
  readonly #flowBuckets: TokenBuckets
  readonly #sourceBuckets: TokenBuckets
  readonly #newFlowBuckets: TokenBuckets
  readonly #sources: SourceGuard
  readonly #refused: { flows: Counter; requests: Counter; banned: Counter; failures: Counter }

  constructor(limits: EdgeLimits, ports: { readonly clock: Clock; readonly metrics: Metrics }) {
    this.#clock = ports.clock
    this.#flowBuckets = new TokenBuckets(limits.flow)
    this.#sourceBuckets = new TokenBuckets(limits.source)
    this.#newFlowBuckets = new TokenBuckets(newFlowLimits(limits))
    this.#sources = new SourceGuard(limits)
    const refused = (what: string) =>
      ports.metrics.counter('meridian_refused_total', 'Refused before any work, by what was over its limit', { what })
    this.#refused = {
      flows: refused('new-flows'),
      requests: refused('requests'),
      banned: refused('banned-source'),
      failures: ports.metrics.counter('meridian_authentication_failures_total', 'Wrong credentials'),
    }
  }

  /** The reason to close a new flow at once, or null. */
  refusesFlow({ remoteAddress }: TransportFlow): string | null {
    if (this.#newFlowBuckets.take(sourceKey(remoteAddress), this.#clock.monotonicMs())) return null
    this.#refused.flows.inc()
    return 'edge.too-many-new-flows'
  }

  refusesRequest(flow: EdgeFlow): EdgeRejection | null {
    const nowMs = this.#clock.monotonicMs()
    const source = sourceKey(flow.transport.remoteAddress)
    if (!this.#flowBuckets.take(flow.id, nowMs)) return this.#refuse(this.#refused.requests, tooManyRequests)
    if (flow.identities.size > 0 || flow.bound.size > 0) return null
    if (this.#sources.isBanned(source, nowMs)) return this.#refuse(this.#refused.banned, sourceBanned)
    return this.#sourceBuckets.take(source, nowMs) ? null : this.#refuse(this.#refused.requests, tooManyRequests)
  }

  /** For a protocol without flows of its own (HTTP): each request is of its source alone. */
  sourceRefusal(address: string): 'banned' | 'too-many' | null {
    const nowMs = this.#clock.monotonicMs()
    const source = sourceKey(address)
    const refusal = this.#sources.isBanned(source, nowMs)
      ? 'banned'
      : this.#sourceBuckets.take(source, nowMs)
        ? null
        : 'too-many'
    if (refusal) this.#refused[refusal === 'banned' ? 'banned' : 'requests'].inc()
    return refusal
  }

  /** The same for wrong credentials that came by it. */
  onSourceFailed(address: string): number {
    this.#refused.failures.inc()
    return this.#sources.failed(sourceKey(address), this.#clock.monotonicMs())
  }

  /** Wrong credentials came from an address that is proved; returns after how long to answer. */
  onFailedAuthentication(flow: EdgeFlow): number {
    this.#refused.failures.inc()
    return this.#sources.failed(sourceKey(flow.transport.remoteAddress), this.#clock.monotonicMs())
  }

  #refuse(counter: Counter, rejection: EdgeRejection): EdgeRejection {
    counter.inc()
    return rejection
  }
}

function newFlowLimits(limits: EdgeLimits): BucketLimits {
  return {
    get requestsPerSecond() {
      return limits.newFlowsPerSecond
    },
    get burst() {
      return limits.newFlowsPerSecond * newFlowsBurstSeconds
    },
  }
}

/** One household or company has a whole /64 of IPv6 addresses; of IPv4 it has one. */
function sourceKey(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail = ''] = address.split('::')
  const groups = head.split(':')
  const missing = address.includes('::') ? 8 - groups.length - tail.split(':').filter(Boolean).length : 0
  return [...groups, ...Array.from({ length: missing }, () => '0')].slice(0, 4).join(':')
}
