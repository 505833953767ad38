/**
 * One who watches a client under test: the user agent of `meridian chat`, over TLS.
 */
import {
  type AgentEvent,
  personalBackOff,
  processClock,
  processEntropy,
  processTimers,
  serverConnector,
  UserAgent,
} from '../../../src/chat/index.ts'
import type { Aor } from '../../../src/sip/index.ts'
import { Bell } from './deadline.ts'
import { authorityPem, domain, type InteropServer, password } from './server.ts'

export class OwnWatcher {
  readonly #agent: UserAgent
  readonly #bell = new Bell()
  readonly #seen: string[] = []
  #isStopped = false

  constructor(server: InteropServer, user: string, watched: string) {
    const place = { transport: 'tls', host: server.host, port: server.port('tls') } as const
    const connector = serverConnector(place, { ca: authorityPem(server), sipDomain: domain })
    const settings = {
      aor: `sip:${user}@${domain}` as Aor,
      password,
      instanceId: 'urn:uuid:00000000-0000-4000-8000-0000000000aa',
      regId: 1,
      expiresSeconds: 600,
      userAgent: 'own watcher',
      backOff: personalBackOff,
      seen: [],
    }
    const ports = { clock: processClock, timers: processTimers, entropy: processEntropy, connector }
    this.#agent = new UserAgent(settings, ports, { onAgentEvent: (event) => this.#onEvent(event) })
    this.#agent.watch(`sip:${watched}@${domain}` as Aor)
    this.#agent.start()
  }

  /** Each state counts once, in the order in which they came. */
  async sees(basic: 'open' | 'closed'): Promise<void> {
    const look = (): string | undefined => this.#seen.find((each) => each === basic)
    await this.#bell.until(`state ${basic}`, look, () => JSON.stringify(this.#seen))
    this.#seen.splice(0, this.#seen.indexOf(basic) + 1)
  }

  async stop(): Promise<void> {
    this.#agent.stop()
    await this.#bell.until(
      'end of the watcher',
      () => this.#isStopped || null,
      () => JSON.stringify(this.#seen),
    )
  }

  #onEvent(event: AgentEvent): void {
    if (event.kind === 'presence' && event.presence.kind === 'told') {
      this.#seen.push(event.presence.isOpen ? 'open' : 'closed')
    }
    if (event.kind === 'stopped') this.#isStopped = true
    this.#bell.ring()
  }
}
