/**
 * What counts for a presentity's state now: the publications of devices that are there, of which the newest wins, and
 * failing all whether any device is registered (`docs/presence.md`).
 */
import type { Devices } from '../registrar/index.ts'
import { statusDocument } from './offline-document.ts'
import type { Compose } from './presentities.ts'

export function composePresence(devices: Devices): Compose {
  return (presentity, nowMs) => {
    const known = devices.known(presentity.aor)
    const isThere = (deviceKey: string | null): boolean =>
      deviceKey === null ||
      presentity.leaving.has(deviceKey) ||
      known.some((device) => device.deviceKey === deviceKey && device.targets.length > 0)
    const counting = [...presentity.publications.values()].filter(
      (each) => each.isConfirmed && each.expiresMs > nowMs && isThere(each.deviceKey),
    )
    const newest = counting.sort((a, b) => b.publishedMs - a.publishedMs)[0]
    if (newest) return newest.document
    const isRegistered = presentity.leaving.size > 0 || known.some(({ targets }) => targets.length > 0)
    return statusDocument(presentity.aor, isRegistered ? 'open' : 'closed')
  }
}
