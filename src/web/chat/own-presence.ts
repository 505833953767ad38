/**
 * One's own state, published (RFC 3903) for as long as there is a connection: one PUBLISH at a time, of what is wanted
 * meanwhile the newest. The tag outlives connections, so that the next one changes the same publication.
 */
import type { Address } from '../chat-model/addresses.ts'
import { writePidf } from '../chat-model/pidf.ts'
import type { OwnPresence } from '../chat-model/state.ts'
import type { Connector } from './connector.ts'

const expiresSeconds = 300
const againMs = 20_000

export class OwnPublication {
  readonly #connector: Connector
  readonly #account: Address
  readonly #device: string
  #wanted: OwnPresence | null = null
  #entityTag: string | null = null
  #isBusy = false
  #isStale = false
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(connector: Connector, account: Address, instanceId: string) {
    this.#connector = connector
    this.#account = account
    this.#device = instanceId.slice(0, 8)
  }

  /** Also what to call after a reconnect, with the same. */
  publish(own: OwnPresence): void {
    this.#wanted = own
    this.#isStale = true
    void this.#pump()
  }

  /** Takes it back; what the server answers is nobody's business. */
  async end(): Promise<void> {
    clearTimeout(this.#timer)
    this.#wanted = null
    if (this.#entityTag !== null) await this.#send(0, undefined)
  }

  async #pump(): Promise<void> {
    if (this.#isBusy || this.#wanted === null) return
    clearTimeout(this.#timer)
    this.#isBusy = true
    this.#isStale = false
    const body = writePidf(this.#wanted, { account: this.#account, device: this.#device, nowMs: Date.now() })
    const { status, header } = await this.#send(expiresSeconds, body)
    this.#isBusy = false
    if (status === 412) {
      this.#isStale = true
      this.#entityTag = null
    } else if (status >= 200 && status < 300) {
      this.#entityTag = header('SIP-ETag')?.trim() ?? null
    }
    if (this.#isStale) return void this.#pump()
    const granted = Number(header('Expires') ?? expiresSeconds)
    const isTaken = status >= 200 && status < 300
    this.#timer = setTimeout(() => void this.#pump(), isTaken ? granted * 800 : againMs)
  }

  #send(expires: number, body: string | undefined) {
    const condition = this.#entityTag === null ? [] : [`SIP-If-Match: ${this.#entityTag}`]
    return this.#connector.request({
      method: 'PUBLISH',
      to: this.#account,
      headers: ['Event: presence', `Expires: ${expires}`, ...condition],
      ...(body === undefined ? {} : { contentType: 'application/pidf+xml', body }),
    })
  }
}
