/** The names of the protocol library that simulated users stand on: one place, so that each file has one line. */
export {
  answerChallenge,
  type DigestChallenge,
  encodeRequest,
  encodeResponse,
  HeaderId,
  type HeaderLines,
  parseChallenge,
  parseMessage,
  type SipMessage,
  serverTransactionKey,
  t1Ms,
  t2Ms,
  transactionTimeoutMs,
} from '../../src/sip/index.ts'
