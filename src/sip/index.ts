/**
 * The SIP library: bytes to messages and back, URIs, header values, framing, digest, transactions, dialogs
 * (RFC 3261 and the extensions that messaging and presence need). Pure: it knows no socket, no clock, no randomness.
 * Server, simulator, chat client and tests stand on it.
 *
 *   bytes ─► framing/ (streams) ─► message/parse.ts ─► SipMessage ─► message/edit.ts ─► bytes
 *                                                        │ views: name-addr, via, uri/
 *                                       message/encode.ts ─► responses and requests of our own
 *
 * A message is its bytes and a table of where things stand in them; nothing is decoded before it is asked for, and what
 * is not changed leaves as it came. What a peer may send is bounded in `message/limits.ts`, and each way to be wrong
 * has a name and an answer in `message/faults.ts` and `framing/framing-faults.ts`. Bad input is a value, never an
 * exception.
 */
export { clientDialog, Dialog, type DialogRequest, type DialogState, serverDialog } from './dialog/dialog.ts'
export { dialogKey, requestDialogKey, responseDialogKey } from './dialog/match.ts'
export type { DigestAlgorithm, DigestQop } from './digest/algorithm.ts'
export {
  type ChallengeOptions,
  type DigestChallenge,
  type DigestCredentials,
  encodeChallenge,
  parseChallenge,
  parseDigestCredentials,
} from './digest/challenge.ts'
export { answerChallenge, type DigestAnswer } from './digest/client.ts'
export { computeHa1, computeResponse, type DigestInput, encodeNonceCount, verifyResponse } from './digest/compute.ts'
export { type FramingEvent, framingFaults } from './framing/framing-faults.ts'
export { type FramerSink, StreamFramer } from './framing/stream-framer.ts'
export { type HeaderKey, MessageEditor } from './message/edit.ts'
export {
  encodeRequest,
  encodeResponse,
  type HeaderLines,
  type RequestOptions,
  type ResponseOptions,
  reasonPhrase,
  withSource,
} from './message/encode.ts'
export { HeaderId, headerIdOf, headerName } from './message/header-id.ts'
export { clientLimits, type MessageLimits, tlsClientLimits } from './message/limits.ts'
export { firstListValue, splitList } from './message/list.ts'
export {
  type ContactValue,
  encodeNameAddr,
  type NameAddr,
  parseContact,
  parseNameAddr,
} from './message/name-addr.ts'
export { type Params, parseParams } from './message/params.ts'
export { type MessageFault, type ParseResult, parseMessage } from './message/parse.ts'
export { quote, unquote } from './message/quoted-string.ts'
export { type CSeq, type HeaderLine, SipMessage, type TransferredMessage } from './message/sip-message.ts'
export { parseVia, type Via } from './message/via.ts'
export {
  ClientTransaction,
  type ClientTransactionOptions,
  type ClientTransactionUser,
} from './transaction/client-transaction.ts'
export {
  cancelledTransactionKey,
  clientKey,
  clientTransactionKey,
  serverTransactionKey,
} from './transaction/match.ts'
export {
  ServerTransaction,
  type ServerTransactionOptions,
  type ServerTransactionUser,
} from './transaction/server-transaction.ts'
export { t1Ms, t2Ms, t4Ms, timerCMs, transactionTimeoutMs } from './transaction/timers.ts'
export type { TransactionFlow } from './transaction/transaction.ts'
export { type Aor, aorDomain, aorUser, parseAor } from './uri/aor.ts'
export { encodeSipUri, parseSipUri, type SipUri, sipUrisEqual, uriAor } from './uri/sip-uri.ts'
