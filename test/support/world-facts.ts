/**
 * Which bus messages a worker of a `ServerWorld` still gets when it was down as they were sent.
 */
import type { BusMessage } from '../../src/ports/bus.ts'

/** Kinds that may not be lost (see `ports/bus.ts`). */
export const worldFacts = new Set<BusMessage['kind']>([
  'flow-died',
  'epoch',
  'alias',
  'watches',
  'verdicts',
  'state',
  'naming',
  'watch-check',
  'name-again',
  'policy-change',
  'groups-change',
  'joined',
  'link-state',
  'look-again',
  'home-renamed',
  'user-moved',
])
