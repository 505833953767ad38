/**
 * Requests of our own under way by flows that lose nothing (RFC 3261 §17.1.2 over a reliable transport). Nothing is
 * sent twice and nothing is waited for after the answer, so of the machine there is left: under way, until a final
 * response, 64·T1, or the end of the flow. By UDP such a request is a transaction like any other (`forwarder.ts`).
 * Thousands leave at once when a user changes his state, so each is one object, and the oldest is due first: one timer
 * serves all.
 */
import type { ReplyAddress } from '../ports/bus.ts'
import type { Clock } from '../ports/clock.ts'
import type { SendMessage } from '../ports/own-requests.ts'
import type { TimerHandle, Timers, TimerTarget } from '../ports/timers.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'
import { readSuccess } from '../sip/message/success.ts'
import { transactionTimeoutMs } from '../sip/transaction/timers.ts'
import { type SendingFlow, UnderWay } from './under-way.ts'

/** How each ended: a refusal with its message; 408 for silence, 0 when the flow is gone. */
export type OwnOutcome = (to: ReplyAddress, status: number, response: SipMessage | null) => void

const success = 200
const requestTimeout = 408
const flowGone = 0

export class OwnRequests implements TimerTarget {
  readonly #clock: Clock
  readonly #timers: Timers
  readonly #report: OwnOutcome
  /** By branch, the oldest first. */
  readonly #underWay = new Map<string, UnderWay>()
  #oldestDue: TimerHandle | null = null

  constructor(ports: { readonly clock: Clock; readonly timers: Timers }, report: OwnOutcome) {
    this.#clock = ports.clock
    this.#timers = ports.timers
    this.#report = report
  }

  get count(): number {
    return this.#underWay.size
  }

  /** It is being written to the flow, with this branch, which no other request ever has. */
  begin(message: SendMessage, number: number, flow: SendingFlow, branch: string): void {
    const sentMs = this.#clock.monotonicMs()
    this.#underWay.set(branch, new UnderWay(message, number, flow, branch, sentMs))
    this.#oldestDue ??= this.#timers.set(transactionTimeoutMs, this, 0)
  }

  /** False: it answers none of these, or came by another flow (RFC 3261 §17.1.3). */
  receive(flow: SendingFlow, response: SipMessage): boolean {
    const request = this.#find(flow, response.topVia?.branch ?? '', response.cseq?.method ?? '')
    if (!request) return false
    const { statusCode } = response
    if (statusCode >= 200) this.#end(request, statusCode, statusCode < 300 ? null : response)
    return true
  }

  /** The same for bytes that are not parsed yet. False: they are no usual success of one of these. */
  receiveSuccess(flow: SendingFlow, bytes: Buffer): boolean {
    const read = readSuccess(bytes)
    const request = read && this.#find(flow, read.branch, read.method)
    if (!request) return false
    this.#end(request, success, null)
    return true
  }

  onFlowClosed(flow: SendingFlow): void {
    for (let request = flow.ownRequests; request; request = flow.ownRequests) this.#end(request, flowGone, null)
  }

  /** The oldest is due, or was when the timer was set. */
  onTimer(): void {
    this.#oldestDue = null
    const nowMs = this.#clock.monotonicMs()
    for (const request of this.#underWay.values()) {
      const leftMs = request.sentMs + transactionTimeoutMs - nowMs
      if (leftMs > 0) {
        this.#oldestDue = this.#timers.set(leftMs, this, 0)
        return
      }
      this.#end(request, requestTimeout, null)
    }
  }

  #find(flow: SendingFlow, branch: string, method: string): UnderWay | null {
    const request = this.#underWay.get(branch)
    return request?.flow === flow && request.method === method ? request : null
  }

  #end(request: UnderWay, status: number, response: SipMessage | null): void {
    this.#underWay.delete(request.branch)
    request.leave()
    const { worker, incarnation, half } = request.from
    this.#report({ worker, incarnation, half, number: request.number }, status, response)
  }
}
