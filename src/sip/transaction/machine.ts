/**
 * What a transaction machine is: a table of states, events and actions (RFC 3261 §17). The four tables are in files of
 * their own; the runners interpret them (`client-transaction.ts`, `server-transaction.ts`), `draw.ts` draws them.
 *
 * A cell says the next state and then what is done, in this order, after the state has changed. An absent cell is an
 * event which that state ignores, and a timer whose event the next state ignores is cancelled on the way there.
 */

import type { TimerName } from './timers.ts'

export type TransactionState =
  | 'initial'
  | 'calling'
  | 'trying'
  | 'proceeding'
  | 'accepted'
  | 'completed'
  | 'confirmed'
  | 'terminated'

export type TransactionEvent =
  /** The user starts a client transaction; the first copy of a request makes a server transaction. */
  | 'begin'
  /** Responses: received by a client transaction, given by the user to a server transaction. */
  | 'provisional'
  | 'success'
  | 'failure'
  /** Non-INVITE: 2xx to 6xx alike. */
  | 'final'
  /** Non-INVITE servers: a 408, which may not be sent (RFC 4320 §4.2). */
  | 'tooLate'
  /** The same request again. */
  | 'retransmission'
  | 'ack'
  | 'transportError'
  | `timer${TimerName}`

export type TransactionAction =
  /** Client: the request. Server: the response that the user has just given. */
  | 'send'
  /** The request, or the last response, once more. */
  | 'resend'
  /** A 100 of our own making. */
  | 'sendTrying'
  /** The ACK for a failure, which belongs to the transaction (RFC 3261 §17.1.1.3). */
  | 'sendAck'
  /** Hands the response to the user. */
  | 'toUser'
  | 'timedOut'
  | 'failed'
  | `start${TimerName}`
  /** Again after twice the time; E and G up to T2. */
  | 'doubleA'
  | 'doubleE'
  | 'doubleG'
  /** Again after T2. */
  | 'startEAtT2'

export type Cell = readonly [next: TransactionState, ...actions: TransactionAction[]]
export type Row = { readonly [event in TransactionEvent]?: Cell }
/** States that a machine does not have are absent. */
export type Machine = { readonly [state in TransactionState]?: Row }
