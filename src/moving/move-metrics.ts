/**
 * What is counted of moves, each by the home that it concerns: what came of them, and how long users were held.
 */
import type { Counter, Histogram, Metrics } from '../ports/metrics.ts'

/** Up to the longest that a user is held, after which he stays. */
const frozenBuckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2]

export interface MoveMetrics {
  /** Given away: the record of the commit is flushed. */
  readonly left: Counter
  /** A move that had begun came to nothing here, and the user goes on where he was. */
  readonly stayed: Counter
  readonly arrived: Counter
  /** Taken from a home that is dead, by an administrator's word. */
  readonly adopted: Counter
  /** Asked for by an administrator, and not begun. */
  readonly refused: Counter
  /** He was given away, and of his copy nothing is left at the home that should have it. */
  readonly lost: Counter
  readonly frozen: Histogram
}

export function moveMetrics(metrics: Metrics): MoveMetrics {
  const moves = (outcome: string) =>
    metrics.counter('meridian_user_moves_total', 'Users who got another home, or did not, by what came of it.', {
      outcome,
    })
  const frozenHelp = 'How long users who left were held: what came for them meanwhile has waited.'
  return {
    left: moves('left'),
    stayed: moves('stayed'),
    arrived: moves('arrived'),
    adopted: moves('adopted'),
    refused: moves('refused'),
    lost: moves('lost'),
    frozen: metrics.histogram('meridian_user_move_frozen_seconds', frozenHelp, frozenBuckets),
  }
}
