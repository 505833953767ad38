/**
 * A user who was there before the hour began: signs in with a list of contacts and two subscriptions of the user's own,
 * says something now and then, refreshes what is about to end, signs out, loses the connection. One act after another,
 * as a client with one connection does them; a final answer that is not 200 is a fault.
 */
import { setTimeout } from 'node:timers/promises'
import { HeaderId } from '../../src/sip/message/header-id.ts'
import type { SipMessage } from '../../src/sip/message/sip-message.ts'
import { presenceDocument } from '../harness/audience.ts'
import { Client } from '../harness/client.ts'
import { expiresSeconds } from './plan.ts'

export interface RegularOptions {
  readonly user: number
  readonly port: number
  readonly contacts: readonly number[]
  readonly onNotify: (notify: SipMessage) => void
  readonly onFault: (fault: string) => void
  /** With 503 and Retry-After; it is asked again. */
  readonly onRefused: () => void
}

const ownEvents = ['reg', 'message-summary'] as const
/** Between a sign-out and the next sign-in, and before a lost connection is made again. */
const awayMs = 1_000

export class Regular {
  readonly #options: RegularOptions
  /** The 200 that made each subscription. */
  readonly #subscribed = new Map<string, SipMessage>()
  #client: Client
  #entityTag = ''
  #last: Promise<void> = Promise.resolve()

  constructor(options: RegularOptions) {
    this.#options = options
    this.#client = this.#newClient()
  }

  /** `registeredSeconds`: how long the first registration is good for. */
  signIn(registeredSeconds: number): Promise<void> {
    return this.#next(() => this.#signIn(registeredSeconds))
  }

  change(note: string): Promise<void> {
    return this.#next(() => this.#publish(note))
  }

  /** The publication is not among it: a change has begun its period anew. */
  refresh(): Promise<void> {
    return this.#next(async () => {
      await this.#register(expiresSeconds)
      for (const [event, accepted] of this.#subscribed) {
        this.#taken(await this.#ask(() => this.#client.subscribeAgain(accepted, event, expiresSeconds)))
      }
    })
  }

  republish(): Promise<void> {
    return this.#next(async () => {
      this.#published(await this.#ask(() => this.#client.publishAgain(this.#entityTag, expiresSeconds)))
    })
  }

  /** And signs in again a little later. */
  signOut(): Promise<void> {
    return this.#next(async () => {
      for (const [event, accepted] of this.#subscribed) {
        this.#taken(await this.#ask(() => this.#client.subscribeAgain(accepted, event, 0)))
      }
      this.#taken(await this.#ask(() => this.#client.publishAgain(this.#entityTag, 0)))
      await this.#register(0)
      await this.#away()
      await this.#signIn(expiresSeconds)
    })
  }

  /** The connection is lost; the client makes another and subscribes anew. What it published is still good. */
  reconnect(): Promise<void> {
    return this.#next(async () => {
      await this.#away()
      await this.#connect(expiresSeconds)
    })
  }

  close(): void {
    this.#client.close()
  }

  #next(act: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(act)
    return this.#last
  }

  async #signIn(registeredSeconds: number): Promise<void> {
    await this.#connect(registeredSeconds)
    this.#entityTag = ''
    await this.#publish('here')
  }

  async #connect(registeredSeconds: number): Promise<void> {
    await this.#client.open()
    await this.#register(registeredSeconds)
    this.#subscribed.clear()
    const { contacts } = this.#options
    this.#keep('presence', await this.#ask(() => this.#client.subscribeToList(contacts, expiresSeconds)))
    for (const event of ownEvents) {
      this.#keep(event, await this.#ask(() => this.#client.subscribeToOwn(event, expiresSeconds)))
    }
  }

  /** With an instance of its own, so that a device that comes back is known. */
  async #register(seconds: number): Promise<void> {
    const instance = `urn:uuid:00000000-0000-4000-8000-${this.#options.user.toString(16).padStart(12, '0')}`
    const contact = `${this.#client.contact('desk')};+sip.instance="<${instance}>"`
    this.#taken(await this.#ask(() => this.#client.register(contact, seconds)))
  }

  async #publish(note: string): Promise<void> {
    const document = presenceDocument(this.#options.user, note)
    this.#published(await this.#ask(() => this.#client.publish(document, this.#entityTag || null)))
  }

  /** Again after Retry-After, for as long as the server has no time. */
  async #ask(ask: () => Promise<SipMessage | null>): Promise<SipMessage | null> {
    for (;;) {
      const answer = await ask()
      if (answer?.statusCode !== 503 || !answer.has(HeaderId.retryAfter)) return answer
      this.#options.onRefused()
      await setTimeout(Number(answer.first(HeaderId.retryAfter)) * 1_000)
    }
  }

  #published(answer: SipMessage | null): void {
    this.#taken(answer)
    this.#entityTag = answer?.first(HeaderId.sipEtag) ?? this.#entityTag
  }

  #keep(event: string, answer: SipMessage | null): void {
    this.#taken(answer)
    if (answer?.statusCode === 200) this.#subscribed.set(event, answer)
  }

  #taken(answer: SipMessage | null): void {
    if (answer?.statusCode === 200) return
    this.#options.onFault(`u${this.#options.user}: ${answer?.bytes.toString().split('\r\n\r\n')[0] ?? 'no answer'}`)
  }

  async #away(): Promise<void> {
    this.#client.close()
    await setTimeout(awayMs)
    this.#client = this.#newClient()
  }

  #newClient(): Client {
    const { user, port, onNotify } = this.#options
    return new Client({ port, user, onRequest: onNotify })
  }
}
