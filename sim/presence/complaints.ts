/**
 * What is not yet as it should be once the faults are over, in words: devices that are not back or still wait for an
 * answer, subscriptions that do not stand though their watchers may have them.
 */
import type { PresenceHistory } from './history.ts'
import type { PresenceDevice } from './presence-device.ts'
import { Rights } from './rights.ts'
import type { WatchTarget } from './watch-target.ts'

export function busyDevices(devices: readonly PresenceDevice[]): readonly string[] {
  return devices.flatMap(({ device, publishing, isIdle }) => {
    const { name } = device.identity
    if (!device.isOnline) return [`${name} did not get back on line`]
    if (!publishing.isIdle) return [`${name} still publishes`]
    return isIdle ? [] : [`${name} still waits for an answer`]
  })
}

/** Those that were neither made nor refreshed after `sinceMs`. */
export function missingSubscriptions(
  devices: readonly PresenceDevice[],
  presence: PresenceHistory,
  { sinceMs, nowMs }: { readonly sinceMs: number; readonly nowMs: number },
): readonly string[] {
  const rights = new Rights(presence)
  const mayHave = (watcher: string, { presentities }: WatchTarget) =>
    presentities.every((each) => rights.isSurely('allow', watcher, each, nowMs, nowMs))
  return devices.flatMap(({ device, watching }) =>
    watching.wanted
      .filter((target) => mayHave(device.user.name, target))
      .filter(({ key }) => (watching.livingOn(key)?.confirmedMs ?? 0) <= sinceMs)
      .map(({ uri }) => `${device.identity.name} has no living subscription to ${uri}`),
  )
}
