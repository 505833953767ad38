/**
 * A device's own publication (RFC 3903 §4): made, changed, refreshed and removed, one request at a time; made anew
 * whenever it is not known what the server has of it.
 */
import { HeaderId } from '../../src/sip/message/header-id.ts'
import type { SipMessage } from '../../src/sip/message/sip-message.ts'
import type { History } from '../history.ts'
import type { Device } from '../model/device.ts'
import type { EventQueue, PlannedEvent } from '../world/event-queue.ts'
import type { Prng } from '../world/prng.ts'
import { encodeState } from './document.ts'
import type { PublishAct } from './history.ts'
import type { WatcherManners } from './manners.ts'

export interface PresenceParts {
  readonly events: EventQueue
  readonly random: Prng
  readonly history: History
  readonly manners: WatcherManners
  /** A number that no state had before. */
  nextNumber(): number
}

type Act = PublishAct['act']

export class PublishingDevice {
  readonly #device: Device
  readonly #parts: PresenceParts
  #entityTag: string | null = null
  #number = 0
  #wanted: 'state' | 'refresh' | 'remove' | null = null
  #isAsking = false
  #cseq = 1
  #timer: PlannedEvent | null = null

  constructor(device: Device, parts: PresenceParts) {
    this.#device = device
    this.#parts = parts
  }

  get isIdle(): boolean {
    return !this.#isAsking && this.#wanted === null
  }

  get hasPublished(): boolean {
    return this.#entityTag !== null
  }

  /** `state`: another one than before. */
  want(what: 'state' | 'refresh' | 'remove'): void {
    if (what === 'refresh' && (this.#wanted !== null || this.#entityTag === null)) return
    if (what === 'remove' && this.#entityTag === null && !this.#isAsking) {
      this.#wanted = null
      return
    }
    this.#wanted = what
    this.#next()
  }

  /** A new way to the server: a device that the server cannot recognise by itself says again that it is there. */
  onRegistered(isNewLink: boolean): void {
    if (isNewLink && (this.#device.identity.instanceId === null || this.#parts.random.chance(0.5))) this.want('refresh')
    this.#next()
  }

  #next(): void {
    if (this.#isAsking || this.#wanted === null || !this.#device.isOnline || !this.#device.agent.isLinked) return
    const wanted = this.#wanted
    this.#wanted = null
    if (wanted !== 'state' && this.#entityTag === null) return
    const act = wanted === 'state' ? (this.#entityTag === null ? 'create' : 'modify') : wanted
    if (wanted === 'state') this.#number = this.#parts.nextNumber()
    this.#ask(act)
  }

  #ask(act: Act): void {
    this.#isAsking = true
    const { events, history, manners } = this.#parts
    const { agent, user, identity } = this.#device
    const seconds = act === 'remove' ? 0 : manners.publicationSeconds
    const hasBody = act === 'create' || act === 'modify'
    const log: PublishAct = {
      user: user.name,
      device: identity.name,
      act,
      number: this.#number,
      sentMs: events.nowMs,
      expiresMs: events.nowMs + seconds * 1000,
      submissions: 0,
      status: 0,
      answeredMs: Number.POSITIVE_INFINITY,
    }
    history.presence.publishActs.push(log)
    agent.ask({
      method: 'PUBLISH',
      requestUri: user.aor,
      to: user.aor,
      callId: agent.word(6),
      fromTag: agent.word(4),
      branchSeed: agent.word(6),
      cseq: ++this.#cseq,
      headers: [
        ['Event', 'presence'],
        ['Expires', String(seconds)],
        ...(this.#entityTag === null ? [] : [['SIP-If-Match', this.#entityTag] as const]),
        ...(hasBody ? [['Content-Type', 'application/pidf+xml'] as const] : []),
      ],
      body: hasBody ? encodeState(user.aor, identity.name, this.#number) : null,
      onSubmitted: () => {
        log.submissions++
      },
      onFinal: (status, response) => {
        log.status = status
        log.answeredMs = events.nowMs
        this.#answered(act, status, response)
      },
    })
  }

  #answered(act: Act, status: number, response: SipMessage | null): void {
    const { events, random, manners } = this.#parts
    this.#isAsking = false
    this.#stopTimer()
    this.#entityTag = status === 200 && act !== 'remove' ? (response?.first(HeaderId.sipEtag) ?? null) : null
    if (this.#entityTag !== null) {
      const delayMs = manners.publicationSeconds * 1000 * (0.4 + 0.4 * random.float())
      this.#timer = events.after(delayMs, () => this.want('refresh'))
    } else if (act !== 'remove') {
      this.#timer = events.after(manners.retryMs(random), () => this.want('state'))
    }
    this.#next()
  }

  #stopTimer(): void {
    if (this.#timer) this.#parts.events.cancel(this.#timer)
    this.#timer = null
  }
}
