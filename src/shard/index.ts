/**
 * The shard: users in memory, units of work and their effects, authentication, dispatch to services. Pure: it is
 * handed its ports and services. The capabilities themselves live in `registrar/`, `messaging/` and so on.
 */
export type { AnswerParts, Rejection } from './answer.ts'
export { answerFlushed, makeAnswer, rejection, storeUnavailable } from './answer.ts'
export type { AuthenticationSettings, Vouch } from './authenticate.ts'
export { Authenticator } from './authenticate.ts'
export type { DigestedRequest, DigestPorts, DigestProof, DigestSettings } from './digest-proofs.ts'
export { DigestProofs, freshNonce } from './digest-proofs.ts'
export { operationId } from './operation-id.ts'
export { Operations, operationKeptMs } from './operations.ts'
export { refusalCounters } from './refusal-counters.ts'
export type {
  Accounts,
  AuthenticatedRequest,
  Culprit,
  Homes,
  KnownAccount,
  Service,
  ShardHost,
  Travellers,
} from './service.ts'
export { Shard } from './shard.ts'
export type { ShardPorts } from './shard-ports.ts'
export { Unit } from './unit.ts'
