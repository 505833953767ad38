/**
 * Event notification (RFC 6665): subscriptions at the watcher's shard, NOTIFYs to devices. Packages plug in by
 * `EventPackage`; what they tell lives elsewhere.
 */
export type { Admission, EventPackage, NotifyDocument, Refreshed } from './event-package.ts'
export { EventsService } from './events-service.ts'
export { grantedExpires } from './granted-expires.ts'
export { type EventSettings, standardEventSettings } from './settings.ts'
export { eventName, type SubscribeRequest } from './subscribe-request.ts'
export type { EndReason, Subscription } from './subscription.ts'
export type { SubscriptionHandle } from './subscription-handle.ts'
