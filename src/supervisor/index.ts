/**
 * The supervisor: a small process that starts the server again when it dies. Imports nothing of ours, so that it
 * stays small whatever the server grows to.
 */
export { supervisorGone, tellSupervisorReady } from './child.ts'
export { type ServerDeath, supervise } from './supervise.ts'
export { Systemd, type SystemdOptions } from './systemd.ts'
export { hasTerminal } from './terminal.ts'
