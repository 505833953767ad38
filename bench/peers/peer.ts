/**
 * A server that is measured beside others by the same load: how it is started, where it listens, what it has cost and
 * holds. Users are u0, u1, … with the passwords password0, password1, … in the domain example.test.
 */
export interface Peer {
  readonly name: string
  /** What it is, with its version, and how it was set up, in one line. */
  readonly setup: string
  readonly port: number
  /** Starts it; the users are there. */
  start(): Promise<void>
  /** User and system time of all its processes since they started, microseconds. */
  cpuMicros(): number
  /** Of it, what its database took; 0 where it has none. */
  databaseMicros(): number
  /** Memory of its own, shared pages by their share, bytes; its database included. */
  memoryBytes(): number
  /** SIGKILL to all of it, database too: as a machine that loses its power, but for the page cache. */
  kill(): Promise<void>
  remove(): Promise<void>
}

/** Made for one bench: so many users, nothing in its store but them. */
export type MakePeer = (users: number) => Promise<Peer>
