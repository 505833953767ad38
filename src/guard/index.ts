/**
 * What protects a worker from its peers: token buckets, failed authentications and bans by source, poison (messages
 * that make our code throw), the order in which an overloaded worker gives up work, and the board that says what a
 * thread is doing. Pure; edge, shard and services stand on it.
 */
export type { Cause, Causes } from './cause.ts'
export { messageHash, noCauses } from './cause.ts'
export { type FailureCounters, failureCounters } from './failure-counters.ts'
export { PoisonGuard } from './poison-guard.ts'
export { RecentMap } from './recent-map.ts'
export {
  type NewWork,
  retryAfterSeconds,
  type SheddingCounters,
  type SheddingLimits,
  type Shortage,
  sheddingCounters,
  shortageFor,
} from './shedding.ts'
export { SourceGuard, type SourceLimits } from './source-guard.ts'
export { type BucketLimits, TokenBuckets } from './token-buckets.ts'
