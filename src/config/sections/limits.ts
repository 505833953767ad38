/**
 * Section `limits`: token buckets against floods and guessing. 0 turns a limit off, which only a test bed should do.
 */
import type * as v from 'valibot'
import { group, wholeNumberKey } from '../key.ts'

function bucket(of: string, standard: { requestsPerSecond: number; burst: number }) {
  return group(`Requests of one ${of}.`, {
    requestsPerSecond: wholeNumberKey({
      default: standard.requestsPerSecond,
      min: 0,
      max: 1_000_000,
      unit: 'requests per second',
      reload: 'live',
      why: `How many requests one ${of} may send for ever; 0 turns this limit off.`,
    }),
    burst: wholeNumberKey({
      default: standard.burst,
      min: 1,
      max: 1_000_000,
      unit: 'requests',
      reload: 'live',
      why: `How many requests one ${of} may send at once, for instance after it signed in.`,
    }),
  })
}

export const limitsSection = group('What one source, connection or account may do. Every limit is a metric.', {
  // One source is often a whole site behind a NAT, so it gets what a few hundred people need in a restart storm.
  source: bucket('source address', { requestsPerSecond: 500, burst: 2_000 }),
  flow: bucket('connection', { requestsPerSecond: 50, burst: 200 }),
  account: bucket('account', { requestsPerSecond: 50, burst: 200 }),
  failedAuthenticationsPerMinute: wholeNumberKey({
    default: 20,
    min: 0,
    max: 100_000,
    unit: 'failures per source and minute',
    reload: 'live',
    why: 'Beyond it a source is delayed, then banned; raise it for a NAT with many people. 0 turns it off.',
  }),
  newConnectionsPerSecond: wholeNumberKey({
    default: 100,
    min: 0,
    max: 1_000_000,
    unit: 'connections per source and second',
    reload: 'live',
    why: 'Beyond it new connections of a source are closed at once; 0 turns it off.',
  }),
  busyAfterMs: wholeNumberKey({
    default: 500,
    min: 0,
    max: 60_000,
    unit: 'milliseconds',
    reload: 'live',
    why:
      'A worker a quarter of it behind refuses sign-ins, twice subscriptions, three times messages to people who are ' +
      'away, five times the rest; 0: never.',
  }),
  busyAfterWaiting: wholeNumberKey({
    default: 5_000,
    min: 0,
    max: 1_000_000,
    unit: 'pieces of work',
    reload: 'live',
    why:
      'With so many in one queue (requests, store, another worker, a link) a worker refuses sign-ins, twice ' +
      'subscriptions, three times messages to people who are away, four times the rest; 0: never.',
  }),
  memoryMb: wholeNumberKey({
    default: 0,
    min: 0,
    max: 16_777_216,
    unit: 'megabytes',
    reload: 'live',
    why:
      'What the server may hold: from 70 % on sign-ins are refused, from 80, 85 and 95 % more; 0: what the machine ' +
      'or its control group has.',
  }),
  banSeconds: wholeNumberKey({
    default: 60,
    min: 1,
    max: 86_400,
    unit: 'seconds',
    reload: 'live',
    why: 'How long a source that kept failing is refused; connections that have signed in are never cut.',
  }),
})

export type LimitsConfig = v.InferOutput<typeof limitsSection>
