/**
 * A server transaction: one request of a peer and our responses to it, INVITE or not (RFC 3261 §17.2, RFC 6026, 4320).
 * Interprets `server-invite.ts` and `server-non-invite.ts`. Finding it by a request's branch is left to `match.ts` and
 * its owner. It gives up only on an unacknowledged failure: answering in time, or ending it, is its user's duty.
 */

import assert from 'node:assert'
import { encodeResponse } from '../message/encode.ts'
import { parseMessage } from '../message/parse.ts'
import type { SipMessage } from '../message/sip-message.ts'
import type { TransactionAction, TransactionEvent } from './machine.ts'
import { isMatchedByHeaders } from './match.ts'
import { serverInvite } from './server-invite.ts'
import { serverNonInvite } from './server-non-invite.ts'
import type { TransactionTimers } from './timers.ts'
import { Transaction, type TransactionFlow } from './transaction.ts'

export interface ServerTransactionUser {
  /** No ACK for a failure in time (timer H). `onTerminated` follows. */
  onTimeout(transaction: ServerTransaction): void
  /** Exactly once, and the last thing that it hears. */
  onTerminated(transaction: ServerTransaction): void
}

export interface ServerTransactionOptions {
  readonly key: string
  readonly request: SipMessage
  readonly reliable: boolean
  /** Source of the request, for the top Via of a 100 of our own (RFC 3261 §18.2.1, RFC 3581). */
  readonly source?: { readonly received?: string; readonly rport?: number }
  readonly flow: TransactionFlow
  readonly timers: TransactionTimers
  readonly user: ServerTransactionUser
}

const noSource = {}

export class ServerTransaction extends Transaction {
  readonly #flow: TransactionFlow
  readonly #user: ServerTransactionUser
  readonly #source: { readonly received?: string; readonly rport?: number }
  /** For a 100 of our own; let go after the first final response. */
  #request: SipMessage | null
  /** What a copy of the request gets. */
  #lastResponse: Buffer | null = null
  /** The response of the step that runs. */
  #given: Buffer | null = null

  constructor(options: ServerTransactionOptions) {
    const { key, request, reliable, timers } = options
    const isInvite = request.method === 'INVITE'
    super(key, isInvite, reliable, isInvite ? serverInvite : serverNonInvite, timers)
    this.#flow = options.flow
    this.#user = options.user
    this.#source = options.source ?? noSource
    this.#request = request
    this.step('begin')
  }

  /** Sends a response, where the state and RFC 4320 allow one: a second final response, for example, goes nowhere. */
  respond(status: number, bytes: Buffer): void {
    const event = this.isInvite ? inviteEvent(status) : this.#nonInviteEvent(status)
    if (event === null) return
    if (status >= 200) this.#request = null
    this.#given = bytes
    this.step(event)
    this.#given = null
  }

  /** The same request again: gets the last response again. */
  retransmit(): void {
    this.step('retransmission')
  }

  /**
   * An ACK with this transaction's key. False when it is not ours to absorb: it acknowledges a 2xx and goes to the user
   * (RFC 6026 §7.1), or names another response (RFC 2543 peers, whose ACK is told apart by its To tag alone).
   */
  receiveAck(ack: SipMessage): boolean {
    if (this.state === 'accepted') return false
    if (isMatchedByHeaders(this.key) && !this.#acknowledgesLast(ack)) return false
    this.step('ack')
    return true
  }

  protected override perform(action: TransactionAction): void {
    switch (action) {
      case 'send':
        this.#lastResponse = this.#given
        this.#resend()
        break
      case 'resend':
        this.#resend()
        break
      case 'sendTrying':
        this.#sendTrying()
        break
      case 'timedOut':
        this.#user.onTimeout(this)
        break
      default:
        assert.fail(`transaction: a server does not know the action ${action}`)
    }
  }

  protected override onTerminated(): void {
    this.#user.onTerminated(this)
  }

  /** RFC 4320 §4.1: no provisional but 100, and that over an unreliable transport only when timer E has reached T2. */
  #nonInviteEvent(status: number): TransactionEvent | null {
    if (status >= 200) return status === 408 ? 'tooLate' : 'final'
    const isTooEarly = !this.reliable && this.state === 'trying'
    return status === 100 && !isTooEarly ? 'provisional' : null
  }

  #resend(): void {
    if (this.#lastResponse !== null) this.#flow.send(this.#lastResponse)
  }

  /** A user that has sent anything has spared us the 100. */
  #sendTrying(): void {
    if (this.#lastResponse !== null || this.#request === null) return
    this.#lastResponse = encodeResponse(this.#request, 100, this.#source)
    this.#flow.send(this.#lastResponse)
  }

  #acknowledgesLast(ack: SipMessage): boolean {
    if (this.#lastResponse === null) return false
    const { message } = parseMessage(this.#lastResponse)
    return message !== null && message.to?.tag === ack.to?.tag
  }
}

function inviteEvent(status: number): 'provisional' | 'success' | 'failure' {
  if (status < 200) return 'provisional'
  return status < 300 ? 'success' : 'failure'
}
