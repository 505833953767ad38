/**
 * Entry of a thread that runs seeds in virtual time, started by piscina. All logic is in `sim/virtual/`.
 */
export { runVirtualSeed } from '../sim/virtual/seed-thread.ts'
