/**
 * Entry of a thread of simulated users, started by piscina. All logic is in `sim/live/`.
 */
export { runFleet } from '../sim/live/fleet-thread.ts'
