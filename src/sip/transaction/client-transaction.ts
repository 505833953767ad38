/**
 * A client transaction: one request of ours and the responses to it, INVITE or not (RFC 3261 §17.1, RFC 6026).
 * Interprets `client-invite.ts` and `client-non-invite.ts`. Finding it by a response's branch is left to `match.ts` and
 * its owner; so are the ACK for a 2xx, CANCEL, and timer C.
 */

import assert from 'node:assert'
import { parseMessage } from '../message/parse.ts'
import type { SipMessage } from '../message/sip-message.ts'
import { encodeFailureAck } from './ack.ts'
import { clientInvite } from './client-invite.ts'
import { clientNonInvite } from './client-non-invite.ts'
import type { TransactionAction } from './machine.ts'
import type { TransactionTimers } from './timers.ts'
import { Transaction, type TransactionFlow } from './transaction.ts'

export interface ClientTransactionUser {
  /** Each response that the user is to see: provisionals, the first final one, and every 2xx to an INVITE. */
  onResponse(transaction: ClientTransaction, response: SipMessage): void
  /** No final response in time (timer B or F). `onTerminated` follows. */
  onTimeout(transaction: ClientTransaction): void
  /** The request, or the ACK, could not be sent. `onTerminated` follows. */
  onTransportError(transaction: ClientTransaction): void
  /** Exactly once, and the last thing that it hears. */
  onTerminated(transaction: ClientTransaction): void
}

export interface ClientTransactionOptions {
  readonly key: string
  readonly isInvite: boolean
  readonly reliable: boolean
  /** The request as it leaves; kept for copies and the ACK, so it must not change. */
  readonly request: Buffer
  readonly flow: TransactionFlow
  readonly timers: TransactionTimers
  readonly user: ClientTransactionUser
}

export class ClientTransaction extends Transaction {
  readonly #request: Buffer
  readonly #flow: TransactionFlow
  readonly #user: ClientTransactionUser
  /** The response of the step that runs. */
  #response: SipMessage | null = null

  constructor(options: ClientTransactionOptions) {
    const { key, isInvite, reliable, timers } = options
    super(key, isInvite, reliable, isInvite ? clientInvite : clientNonInvite, timers)
    this.#request = options.request
    this.#flow = options.flow
    this.#user = options.user
  }

  /** Sends the request. */
  start(): void {
    this.step('begin')
  }

  /** A response that `match.ts` has found to be ours. */
  receive(response: SipMessage): void {
    this.#response = response
    this.step(responseEvent(this.isInvite, response.statusCode))
    this.#response = null
  }

  /** The flow has failed to send, or is gone. */
  transportError(): void {
    this.step('transportError')
  }

  protected override perform(action: TransactionAction): void {
    switch (action) {
      case 'send':
      case 'resend':
        this.#flow.send(this.#request)
        break
      case 'sendAck':
        this.#sendAck()
        break
      case 'toUser':
        this.#user.onResponse(this, this.#response!)
        break
      case 'timedOut':
        this.#user.onTimeout(this)
        break
      case 'failed':
        this.#user.onTransportError(this)
        break
      default:
        assert.fail(`transaction: a client does not know the action ${action}`)
    }
  }

  protected override onTerminated(): void {
    this.#user.onTerminated(this)
  }

  /** The INVITE is parsed only here: most are never refused, and the caller may not have had it as a message at all. */
  #sendAck(): void {
    const { message } = parseMessage(this.#request)
    assert(message !== null, 'transaction: a request of ours does not parse')
    this.#flow.send(encodeFailureAck(message, this.#response!))
  }
}

function responseEvent(isInvite: boolean, status: number): 'provisional' | 'success' | 'failure' | 'final' {
  if (status < 200) return 'provisional'
  if (!isInvite) return 'final'
  return status < 300 ? 'success' : 'failure'
}
