/**
 * The server side of transactions over UDP for all devices of a thread (RFC 3261 §17.2): a request that comes again
 * gets the same answer and is seen once. Over streams nothing comes again.
 */
import { type SipMessage, serverTransactionKey, transactionTimeoutMs } from './sip.ts'

export class ServedRequests {
  readonly #answers = new Map<string, { readonly forgetAtUs: number; readonly bytes: Buffer }>()

  /** The answer that was given to this request before. */
  find(device: number, request: SipMessage): Buffer | null {
    return this.#answers.get(keyOf(device, request))?.bytes ?? null
  }

  note(device: number, request: SipMessage, bytes: Buffer, nowUs: number): void {
    this.#answers.set(keyOf(device, request), { forgetAtUs: nowUs + transactionTimeoutMs * 1000, bytes })
  }

  /** In the order of their coming, so that the first that is young ends it. */
  advance(nowUs: number): void {
    for (const [key, { forgetAtUs }] of this.#answers) {
      if (forgetAtUs > nowUs) return
      this.#answers.delete(key)
    }
  }
}

function keyOf(device: number, request: SipMessage): string {
  return `${device} ${serverTransactionKey(request)}`
}
