/**
 * CANCELs of ours under way (RFC 3261 §9.1): each a transaction of its own beside its INVITE's, which is given up when
 * nobody answers it within 64·T1.
 */
import type { Timers, TimerTarget } from '../ports/timers.ts'
import { encodeRequest } from '../sip/message/encode.ts'
import { HeaderId } from '../sip/message/header-id.ts'
import { parseMessage } from '../sip/message/parse.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'
import { ClientTransaction, type ClientTransactionUser } from '../sip/transaction/client-transaction.ts'
import { clientKey } from '../sip/transaction/match.ts'
import type { EdgeFlow } from './edge-flow.ts'

/** 64·T1: who has not answered the INVITE by then takes it for cancelled, or is gone. */
const inviteEndsMs = 32_000

export class Cancels implements ClientTransactionUser {
  readonly #timers: Timers
  readonly #underWay = new Map<string, ClientTransaction>()

  constructor(timers: Timers) {
    this.#timers = timers
  }

  /** `invite`: as it left by `flow`. `onSilence`: to be told when the time for its final response is over. */
  start(invite: Buffer, flow: EdgeFlow, onSilence: TimerTarget): void {
    const { message } = parseMessage(invite)
    if (!message) return
    const transaction = new ClientTransaction({
      key: clientKey(message.topVia?.branch ?? '', 'CANCEL'),
      isInvite: false,
      reliable: flow.reliable,
      request: encodeCancel(message),
      flow: flow.transport,
      timers: this.#timers,
      user: this,
    })
    this.#underWay.set(transaction.key, transaction)
    this.#timers.set(inviteEndsMs, onSilence, 0)
    transaction.start()
  }

  /** False when the response belongs to no CANCEL. */
  receive(key: string, response: SipMessage): boolean {
    const transaction = this.#underWay.get(key)
    transaction?.receive(response)
    return transaction !== undefined
  }

  // What a CANCEL is answered is nothing to anybody: the INVITE's own response says how it ended.
  onResponse(): void {}
  onTimeout(): void {}
  onTransportError(): void {}

  onTerminated(transaction: ClientTransaction): void {
    this.#underWay.delete(transaction.key)
  }
}

/** RFC 3261 §9.1: same Request-URI, top Via, Route, From, To, Call-ID and CSeq number. */
function encodeCancel(invite: SipMessage): Buffer {
  const line = (id: HeaderId, name: string): [string, string] => [name, invite.first(id) ?? '']
  return encodeRequest({
    method: 'CANCEL',
    requestUri: invite.requestUri,
    headers: [
      ['Via', invite.values(HeaderId.via)[0] ?? ''],
      ...invite.all(HeaderId.route).map((value): [string, string] => ['Route', value]),
      ['Max-Forwards', '70'],
      line(HeaderId.from, 'From'),
      line(HeaderId.to, 'To'),
      line(HeaderId.callId, 'Call-ID'),
      ['CSeq', `${invite.cseq?.number ?? 0} CANCEL`],
    ],
  })
}
