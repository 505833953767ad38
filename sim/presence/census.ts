/**
 * What a shard holds of presence, counted: both ends of its watches, its subscriptions, its names. Where nothing moves,
 * what one shard holds must agree with what the others do.
 */
import type { EventsService } from '../../src/events/index.ts'
import type { PresenceService } from '../../src/presence/index.ts'
import { ListSubscription } from '../../src/presence/lists/list-subscription.ts'
import type { VirtualServer } from '../world/server.ts'
import type { HeldSubscription, ShardCensus } from './history.ts'

export function takeCensus(server: VirtualServer): readonly ShardCensus[] {
  return server.workers.map(({ place, core }) => {
    const find = (name: string) => core.services.all.find((service) => service.name === name)
    const { namesCount, watches, watchers } = (find('presence') as PresenceService).holdings()
    const subscriptions = [...(find('events') as EventsService).all()].map((each): HeldSubscription => {
      return {
        watcher: each.watcher,
        resource: `${each.resourceUri} ${each.eventPackage.name}`,
        presentities: each.eventPackage.name === 'presence' ? watchedBy(each) : [],
        isContainedList: listOf(each)?.isContained ?? false,
        isFetch: each.expiry === null,
        deviceKey: each.deviceKey ?? '',
        dialog: each.key,
        callId: each.dialog.callId,
        state: each.state,
      }
    })
    return { worker: place.worker, namesCount, watches, watchers, subscriptions }
  })
}

/** Null: it is to one presentity. */
export function listOf({ data }: { readonly data: unknown }): ListSubscription | null {
  return data instanceof ListSubscription ? data : null
}

function watchedBy(subscription: { readonly data: unknown; readonly resourceUri: string }): readonly string[] {
  const list = listOf(subscription)
  return list ? [...(list.members?.presentities() ?? [])] : [subscription.resourceUri]
}
