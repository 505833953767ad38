/**
 * Lines of simulated devices over real sockets: UDP, TCP, TLS and WSS, on the product's own client transports. One
 * TLS context a thread, certificates checked; sessions are kept and resumed as devices do it.
 */
import { createSecureContext, type SecureContext } from 'node:tls'
import type { FlowSink, TransportFlow } from '../../src/ports/flows.ts'
import { connectFlow, sendPing } from '../../src/transport/index.ts'
import type { Line, LineUser, Outside, Recorder } from '../users/outside.ts'
import { nowUs } from './clock.ts'
import { type LinkShape, type LinkTime, ShapedLink } from './shaped-link.ts'
import { sourceAddress } from './source-addresses.ts'
import type { Target } from './target.ts'

export interface SocketsOptions {
  readonly target: Target
  /** PEM of the authorities to trust; null: the system's. */
  readonly ca: string | null
  /** The name that the certificate must carry; null: the host's. */
  readonly serverName: string | null
  /** Number of the thread's first device in the run, for source addresses. */
  readonly firstDevice: number
  /** Part of returns that resume their TLS session. */
  readonly resumption: number
  /** Of this thread's users together; null: as the machine's own. */
  readonly link: LinkShape | null
  readonly recorder: Recorder
  readonly random: () => number
}

const realTime: LinkTime = {
  nowMs: () => nowUs() / 1_000,
  after: (ms, run) => void setTimeout(run, ms),
}

/** A session takes up to a KB; the oldest go first. */
const sessionsMax = 20_000

export class Sockets implements Outside, FlowSink {
  readonly #options: SocketsOptions
  readonly #secureContext: SecureContext | null
  readonly #users = new Map<TransportFlow, LineUser>()
  readonly #sessions = new Map<number, Buffer>()
  readonly #up: ShapedLink | null
  readonly #down: ShapedLink | null

  constructor(options: SocketsOptions) {
    this.#options = options
    const isSecure = options.target.transport === 'tls' || options.target.transport === 'wss'
    const ca = options.ca === null ? {} : { ca: options.ca }
    this.#up = options.link && new ShapedLink(options.link, realTime)
    this.#down = options.link && new ShapedLink(options.link, realTime)
    this.#secureContext = isSecure ? createSecureContext({ ...ca, minVersion: 'TLSv1.2' }) : null
  }

  get open(): number {
    return this.#users.size
  }

  nowUs(): number {
    return nowUs()
  }

  random(): number {
    return this.#options.random()
  }

  connect(device: number, user: LineUser): void {
    const { target, firstDevice } = this.#options
    const localAddress = sourceAddress(target.host, firstDevice + device)
    const options = {
      ...target,
      ...(localAddress !== undefined && { localAddress }),
      ...(this.#secureContext !== null && { tls: this.#tls(device, this.#secureContext) }),
      ...(target.transport === 'wss' && { path: '/' }),
      onPong: () => user.onPong(),
    }
    connectFlow(options, this).then(
      (flow) => this.#connected(flow, user),
      (error: NodeJS.ErrnoException) => user.onNoLine(error.code ?? error.message),
    )
  }

  onFlowOpened(): void {}

  onFlowMessage(flow: TransportFlow, bytes: Buffer): void {
    if (this.#down === null) this.#users.get(flow)?.onMessage(bytes)
    // Whose line is lost meanwhile does not hear it any more.
    else this.#down.carry(bytes.length, () => this.#users.get(flow)?.onMessage(bytes))
  }

  onFlowFault(_flow: TransportFlow, event: string): void {
    this.#options.recorder.count(`fault.${event}`)
  }

  onFlowClosed(flow: TransportFlow, reason: string): void {
    const user = this.#users.get(flow)
    this.#users.delete(flow)
    user?.onLineLost(reason)
  }

  #connected(flow: TransportFlow, user: LineUser): void {
    if (this.#secureContext) this.#options.recorder.sent('handshake', 0, true)
    this.#users.set(flow, user)
    user.onLine(new FlowLine(flow, this.#up, () => this.#users.delete(flow)))
  }

  #tls(device: number, secureContext: SecureContext) {
    const { serverName, resumption } = this.#options
    const session = this.#sessions.get(device)
    const isResumed = session !== undefined && this.random() < resumption
    return {
      secureContext,
      ...(serverName !== null && { servername: serverName }),
      ...(isResumed && { session }),
      onSession: (fresh: Buffer) => this.#keep(device, fresh),
    }
  }

  #keep(device: number, session: Buffer): void {
    this.#sessions.delete(device)
    this.#sessions.set(device, session)
    if (this.#sessions.size <= sessionsMax) return
    const oldest = this.#sessions.keys().next().value
    if (oldest !== undefined) this.#sessions.delete(oldest)
  }
}

class FlowLine implements Line {
  readonly localAddress: string
  readonly localPort: number
  readonly #flow: TransportFlow
  readonly #up: ShapedLink | null
  readonly #forget: () => void
  #isClosed = false

  constructor(flow: TransportFlow, up: ShapedLink | null, forget: () => void) {
    this.#flow = flow
    this.#up = up
    this.#forget = forget
    this.localAddress = flow.localAddress
    this.localPort = flow.localPort
  }

  send(bytes: Uint8Array): void {
    if (this.#up === null) this.#flow.send(bytes)
    else
      this.#up.carry(bytes.length, () => {
        if (!this.#isClosed) this.#flow.send(bytes)
      })
  }

  ping(): void {
    sendPing(this.#flow)
  }

  /** A network that is lost says nothing: the nearest to it is a reset, since a close in order is a goodbye. */
  close(how: 'clean' | 'gone'): void {
    this.#forget()
    // A goodbye comes after what was said before it.
    if (how === 'clean' && this.#up !== null) return this.#up.carry(0, () => this.#end(how))
    this.#end(how)
  }

  #end(how: 'clean' | 'gone'): void {
    this.#isClosed = true
    const reset = this.#flow as Partial<{ cut(event: string): void }>
    if (how === 'gone' && reset.cut) reset.cut('sim.network-lost')
    else this.#flow.close('sim.closed')
  }
}
