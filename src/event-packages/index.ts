/**
 * Event packages beside presence, one a file: what a user may subscribe to of his own. Each is offered by one line of
 * `src/services.ts`.
 */
export { MessageSummaryPackage } from './message-summary.ts'
export { PresenceWinfoPackage } from './presence-winfo.ts'
export { RegPackage } from './reg.ts'
export { XcapDiffPackage } from './xcap-diff.ts'
