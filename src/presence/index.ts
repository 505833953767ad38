/**
 * Presence (RFC 3856, 3903): publications and watchers at the presentity's shard, watches at the watcher's.
 */
export { PresenceService } from './presence-service.ts'
export { type PresenceSettings, standardPresenceSettings } from './settings.ts'
export type { WatcherInfoSource, WatcherStanding } from './watching/watcher-standings.ts'
export type { SeePolicy } from './watching/watching.ts'
