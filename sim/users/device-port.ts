/** What the parts of a device (watching, publishing, talking) see of the whole. */
import type { Context } from './context.ts'
import type { Judge } from './judge.ts'
import type { Request } from './requests.ts'
import type { SipMessage } from './sip.ts'

export interface DevicePort {
  readonly context: Context
  readonly user: number
  readonly number: number
  readonly isRegistered: boolean
  /** Asked for in Expires. */
  readonly expiresSeconds: number
  /** `<sip:u1@127.16.0.1:40001;transport=tcp;ob>`. */
  readonly contact: string
  /** Where the device's own address is, for a session's offer. */
  readonly address: { readonly host: string; readonly port: number }
  callId(name: string): string
  send(request: Request): void
  /** The ACK of a 2xx. */
  acknowledge(request: Omit<Request, 'onFinal'>, cseq: number): void
  /**
   * µs from now to the refresh of what was granted for so long; null: for as long as asked. Young: new also where the
   * device stands for one that has long been there.
   */
  refreshUs(grantedSeconds: number | null, isYoung?: boolean): number
  /** µs from now to the next try after a refusal: Retry-After, or a minute. */
  retryUs(response: SipMessage | null): number
  readonly judge: Judge
  /** Looks again when to wake. */
  rearm(): void
  /** Every contact has been told for the first time since sign-in. */
  contactsTold(): void
  /** The first state since sign-in is published. */
  published(): void
}

/** Parts of a message hold the whole of it in memory: what is kept is copied. */
export function copied(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}
