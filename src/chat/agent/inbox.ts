/**
 * Requests that reach a user agent: answered in server transactions (RFC 3261 §17.2), each with what this agent can say
 * to it (§8.2). What a MESSAGE holds is read in `read-message.ts`, a NOTIFY in `watch.ts`, and acted on by the agent.
 */
import type { TransportFlow } from '../../ports/flows.ts'
import { encodeResponse, type HeaderLines } from '../../sip/message/encode.ts'
import { HeaderId } from '../../sip/message/header-id.ts'
import type { SipMessage } from '../../sip/message/sip-message.ts'
import { serverTransactionKey } from '../../sip/transaction/match.ts'
import { ServerTransaction } from '../../sip/transaction/server-transaction.ts'
import type { AgentPorts } from './ports.ts'
import { acceptedTypes } from './read-message.ts'
import { allowedMethods } from './registration.ts'

/** Acts on a MESSAGE or NOTIFY and says what to answer: 200, or why not. */
export type MessageReceiver = (request: SipMessage) => number

const capabilities: HeaderLines = [
  ['Allow', allowedMethods],
  ['Accept', acceptedTypes.join(', ')],
  ['Supported', 'path, outbound, im-sent-copies'],
]

export class Inbox {
  readonly #ports: AgentPorts
  readonly #receive: MessageReceiver
  readonly #transactions = new Map<string, ServerTransaction>()

  constructor(ports: AgentPorts, receive: MessageReceiver) {
    this.#ports = ports
    this.#receive = receive
  }

  /** `fault`: the status with which a request that is not well formed is to be answered; 0 when it is. */
  onRequest(flow: TransportFlow, request: SipMessage, fault: number): void {
    const key = serverTransactionKey(request)
    const known = this.#transactions.get(key)
    if (request.method === 'ACK') return void known?.receiveAck(request)
    if (known) return known.retransmit()
    const user = { onTimeout: () => {}, onTerminated: () => void this.#transactions.delete(key) }
    const reliable = flow.transport !== 'udp'
    const transaction = new ServerTransaction({ key, request, reliable, flow, timers: this.#ports.timers, user })
    this.#transactions.set(key, transaction)
    const { status, headers } = this.#answer(request, fault)
    const toTag = this.#ports.entropy.word(8)
    transaction.respond(status, encodeResponse(request, status, { toTag, headers }))
  }

  /** The flow has ended, and every transaction with it. */
  close(): void {
    for (const transaction of [...this.#transactions.values()]) transaction.terminate()
  }

  #answer(request: SipMessage, fault: number): { status: number; headers: HeaderLines } {
    if (fault !== 0) return { status: fault, headers: [] }
    switch (request.method) {
      case 'MESSAGE':
      case 'NOTIFY':
      case 'OPTIONS':
        break
      case 'CANCEL':
        return { status: 481, headers: [] }
      default:
        return { status: 501, headers: capabilities }
    }
    const required = request.values(HeaderId.require).filter((tag) => !isKnown(request.method, tag))
    if (required.length > 0) return { status: 420, headers: [['Unsupported', required.join(', ')]] }
    if (request.method === 'OPTIONS') return { status: 200, headers: capabilities }
    const status = this.#receive(request)
    if (status === 489) return { status, headers: [['Allow-Events', 'presence']] }
    return { status, headers: status === 415 ? capabilities : [] }
  }
}

/** A NOTIFY of a list requires what its SUBSCRIBE has offered (RFC 4662 §4.4). */
function isKnown(method: string, tag: string): boolean {
  return method === 'NOTIFY' && tag.toLowerCase() === 'eventlist'
}
