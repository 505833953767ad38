/**
 * What the rates of the model are, and what they are computed from.
 */

/** All per second, unless said otherwise. */
export interface Rates {
  readonly register: number
  readonly subscribe: number
  readonly publish: number
  readonly notify: number
  /** Of `notify`: those that tell a change, and those that answer a subscription. */
  readonly notifyOfChanges: number
  readonly notifyOfSubscriptions: number
  /** Beside `notify`, as in the published table: to users whose watchers come and go (`presence.winfo`). */
  readonly notifyOfWatchers: number
  /** As people write them, one for all who read it. */
  readonly messagesWritten: number
  /** To each reader; what a client sends as MESSAGE, one for each. */
  readonly messagesSent: number
  /** To each device of each reader. */
  readonly messagesDelivered: number
  readonly typing: number
  /** Sessions that are opened, each an INVITE and a BYE. */
  readonly sessions: number
  readonly keepAlives: number
  readonly handshakes: number
  /** All but keep-alives; of messages and typing notices one each, as in the published table. */
  readonly transactions: number
  readonly bytes: number
  readonly writes: number
  /** By a front end, for the users of one home. */
  readonly relays: number
}

/** What is used of the parameters in several rates, per second. */
export interface Basis {
  readonly signedIn: number
  readonly devices: number
  readonly refreshes: number
  readonly signIns: number
  readonly losses: number
  readonly subscriptions: number
}
