/**
 * Where device, network and worker meet: the ends of a way between them.
 */
import type { FlowSink } from '../../src/ports/flows.ts'
import type { LinkSink, Links } from '../../src/ports/links.ts'

/** The device's side of a way to the server. */
export interface Link {
  readonly isStream: boolean
  send(bytes: Uint8Array): void
  /** `clean`: the server is told; else the device is just gone. */
  close(how: 'clean' | 'gone'): void
}

export interface LinkUser {
  onBytes(bytes: Buffer): void
  /** The stream has ended, by whatever cause but the device's own `close`. */
  onClosed(): void
}

/** How devices reach servers. */
export interface Access {
  /** Null when nobody listens. */
  connect(address: string, user: LinkUser): Link | null
  listen(address: string, user: LinkUser): Link
}

/** A worker as the network sees it. */
export interface NetworkWorker {
  readonly isListening: boolean
  readonly sink: FlowSink
}

/** Whoever knows which workers run. */
export interface WorkerFinder {
  /** Any worker, as the kernel chooses for a new connection; null when nobody listens. */
  forStream(draw: number): NetworkWorker | null
  /** The one that owns this UDP peer. */
  forPeer(address: string): NetworkWorker | null
}

/** Links of one worker to the other servers. */
export interface WorkerLinks extends Links {
  /** The worker listens: from now on it connects, and `sink` hears. */
  start(sink: LinkSink): void
  flush(): void
  /** The worker is gone, and its connections with it. */
  onWorkerEnded(): void
}
