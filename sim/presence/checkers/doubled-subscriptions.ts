/**
 * No subscription is there twice: one for each dialog, and one for each device that is recognised and what it watches.
 */
import type { Checker } from '../../checkers/checker.ts'

export const doubledSubscriptions: Checker = {
  name: 'doubled',
  check: ({ presence, faults }) =>
    presence.censuses.flatMap(({ atMs, when, shards }) => {
      // An end that the store had not taken comes to light again, until its device refuses the next NOTIFY.
      if (when === 'moving' && faults.some((fault) => fault.atMs <= atMs)) return []
      // What has ended waits for its last NOTIFY.
      const held = shards.flatMap((shard) => shard.subscriptions.filter(({ state }) => state !== 'terminated'))
      const names = held.flatMap(({ watcher, resource, presentities, isContainedList, isFetch, deviceKey, dialog }) => {
        // Of lists that came along a device may have several.
        const what = isContainedList ? `${resource} with ${presentities.toSorted().join(' ')}` : resource
        return [
          `the dialog ${dialog.replaceAll('\n', ' ')}`,
          // A fetch stands beside what the device is subscribed to.
          ...(deviceKey === '' || isFetch ? [] : [`${watcher} on ${deviceKey} to ${what}`]),
        ]
      })
      return names
        .filter((name, index) => names.indexOf(name) !== index)
        .map((name) => ({ checker: 'doubled', atMs, text: `two subscriptions for ${name}` }))
    }),
}
