/**
 * How often each of a service's refusals was given: one counter a reason, all made at start, so that a reason that
 * never came shows as 0.
 */
import type { Counter, Metrics } from '../ports/metrics.ts'
import type { Rejection } from './answer.ts'

/** Counts what is one of `rejections`; others are their maker's. */
export function refusalCounters(
  metrics: Metrics,
  name: string,
  help: string,
  rejections: Iterable<Rejection>,
): (rejection: Rejection) => void {
  const counters = new Map<string, Counter>()
  for (const { event } of rejections) counters.set(event, metrics.counter(name, help, { reason: event }))
  return ({ event }) => counters.get(event)?.inc()
}
