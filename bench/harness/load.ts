/**
 * The generator of load (`bench/load/load.c`) and the floor (`bench/floor/floor.c`), as objects.
 */
import { Child } from './child.ts'
import { nativeProgram } from './native.ts'

export type LoadTransport = 'tcp' | 'tls' | 'udp' | 'ws' | 'wss'

/** Below what a listener accepts in a second (`acceptsPerSweepMax`). */
const connectionsPerSecond = 1_200

export interface MessagesRun {
  readonly answered: number
  /** Answered before the time was up. */
  readonly counted: number
  readonly stored: number
  readonly failed: number
  readonly repeated: number
  readonly unanswered: number
  readonly bytes: number
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
}

export interface LoadOptions {
  readonly transport: LoadTransport
  readonly port: number
  readonly connections: number
  readonly firstUser?: number
  readonly messageBytes?: number
  /** Against the floor: no REGISTER, and the other end understands nothing. */
  readonly isFloor?: boolean
}

export class Load {
  readonly #child: Child

  constructor(options: LoadOptions) {
    const { transport, port, connections, firstUser = 0, messageBytes = 600, isFloor = false } = options
    const name = isFloor ? `floor-${transport}` : transport
    const numbers = [port, connections, firstUser, messageBytes].map(String)
    this.#child = new Child('load', nativeProgram('bench/load/load.c'), [name, ...numbers])
  }

  async open(): Promise<void> {
    await this.#ask(`open ${connectionsPerSecond}`)
  }

  /** Every user registers, so many at once. */
  register(window: number, expiresSeconds = 3600): Promise<{ registered: number; refused: number; seconds: number }> {
    return this.#ask(`register ${window} ${expiresSeconds}`) as never
  }

  /** `perSecond` 0: as fast as they are answered, `active` pairs at once. */
  messages(seconds: number, perSecond: number, active: number): Promise<MessagesRun> {
    return this.#ask(`messages ${seconds} ${perSecond} ${active}`) as never
  }

  end(): Promise<void> {
    return this.#child.end()
  }

  async #ask(line: string): Promise<unknown> {
    this.#child.tell(line)
    return JSON.parse(await this.#child.line())
  }
}

export class Floor {
  readonly #child: Child

  constructor(transport: 'tcp' | 'tls' | 'udp' | 'fan', certificate: readonly string[] = []) {
    this.#child = new Child('measured', nativeProgram('bench/floor/floor.c'), [transport, ...certificate])
  }

  get pid(): number {
    return this.#child.pid
  }

  async port(): Promise<number> {
    return Number((await this.#child.until(/^port (\d+)/))[1])
  }

  end(): Promise<void> {
    return this.#child.end()
  }
}
