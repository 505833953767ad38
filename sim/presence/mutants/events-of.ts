/**
 * The service of subscriptions of a core, for mutants that change what it does.
 */
import type { EventsService } from '../../../src/events/index.ts'
import type { WorkerCore } from '../../../src/runtime/worker-core.ts'

export function eventsOf({ services }: WorkerCore): EventsService {
  return services.all.find((each): each is EventsService => each.name === 'events')!
}
