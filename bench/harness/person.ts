/**
 * One of many users who sign in as a client does in the morning: connect, REGISTER, SUBSCRIBE to their contacts as one
 * list, PUBLISH; and who are there again, with patience, when the server went away.
 */
import { performance } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import { HeaderId } from '../../src/sip/message/header-id.ts'
import type { SipMessage } from '../../src/sip/message/sip-message.ts'
import { presenceDocument } from './audience.ts'
import { Client } from './client.ts'

/** What a sign-on came to. */
export interface SignOn {
  /** From the first byte to the answer of PUBLISH and the first NOTIFY, whichever came last; of the last try. */
  readonly ms: number
  /** Tries before it, refused with 503 and Retry-After, or without a server. */
  readonly refused: number
  readonly unconnected: number
  /** Anything else that went wrong. */
  readonly fault: string | null
}

const triesMax = 60

export class Person {
  readonly user: number
  readonly #port: () => number
  readonly #contacts: readonly number[]
  readonly #onNotify: () => void
  readonly #authority: Buffer | null
  #client: Client | null = null
  #entityTag: string | null = null
  #firstNotify: () => void = () => {}

  constructor(
    user: number,
    port: () => number,
    contacts: readonly number[],
    onNotify: () => void,
    authority: Buffer | null = null,
  ) {
    this.user = user
    this.#port = port
    this.#contacts = contacts
    this.#onNotify = onNotify
    this.#authority = authority
  }

  /** Tries until it is served. */
  async signOn(): Promise<SignOn> {
    let [refused, unconnected] = [0, 0]
    for (let attempt = 0; attempt < triesMax; attempt++) {
      const from = performance.now()
      const outcome = await this.#try()
      if (outcome === 'served') return { ms: performance.now() - from, refused, unconnected, fault: null }
      if (typeof outcome === 'string') return { ms: 0, refused, unconnected, fault: outcome }
      if (outcome === null) unconnected++
      else refused++
      // As RFC 5626 §4.5 has it: not all at the same moment.
      await setTimeout((outcome ?? 1) * 1_000 * (0.5 + Math.random() / 2))
    }
    return { ms: 0, refused, unconnected, fault: `not served in ${triesMax} tries` }
  }

  /** Says something new. False: it was not taken. */
  async change(note: string): Promise<boolean> {
    const answer = await this.#client?.publish(presenceDocument(this.user, note), this.#entityTag)
    this.#entityTag = answer?.first(HeaderId.sipEtag) ?? this.#entityTag
    return answer?.statusCode === 200
  }

  close(): void {
    this.#client?.close()
  }

  /** Served, seconds to wait, null where there was no connection, or what went wrong. */
  async #try(): Promise<'served' | number | null | string> {
    this.#client?.close()
    const client = new Client({
      port: this.#port(),
      user: this.user,
      onRequest: () => this.#notified(),
      ...(this.#authority && { authority: this.#authority }),
    })
    this.#client = client
    this.#entityTag = null
    try {
      await client.open()
    } catch {
      return null
    }
    const told = new Promise<void>((resolve) => {
      this.#firstNotify = resolve
    })
    const answers = [
      () => client.register(client.contact('bench'), 3_600),
      () => client.subscribeToList(this.#contacts, 3_600),
      () => client.publish(presenceDocument(this.user, 'here'), null),
    ]
    let last: SipMessage | null = null
    for (const ask of answers) {
      last = await ask()
      if (last === null) return null
      if (last.statusCode === 503 && last.has(HeaderId.retryAfter)) return Number(last.first(HeaderId.retryAfter))
      if (last.statusCode !== 200) return `${last.cseq?.method} ${last.statusCode}`
    }
    this.#entityTag = last?.first(HeaderId.sipEtag) ?? null
    // Not for ever: a connection may break between the answer and the NOTIFY.
    const isTold = await Promise.race([told.then(() => true), setTimeout(30_000, false, { ref: false })])
    return isTold ? 'served' : 'no NOTIFY'
  }

  #notified(): void {
    this.#firstNotify()
    this.#onNotify()
  }
}
