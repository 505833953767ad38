/**
 * Planted: the operation id lacks the account, so that a request of somebody else with the same Call-ID, CSeq, tag and
 * branch (a cloned machine, an eavesdropper) is taken for a repetition and answered for what it never did.
 */
import { hash } from 'node:crypto'
import type { AuthenticatedRequest } from '../../src/shard/service.ts'
import { makeChangedCore } from './changed-core.ts'
import { type Mutant, noMutant } from './mutant.ts'

export const operationWithoutAccount: Mutant = {
  ...noMutant,
  name: 'operation-without-account',
  caughtBy: 'lost',
  makeCore: (ports, settings) => makeChangedCore(ports, settings, { service: 'messaging', request: withoutAccount }),
}

function withoutAccount(authenticated: AuthenticatedRequest): AuthenticatedRequest {
  const { request } = authenticated.message
  const parts = [
    request.method,
    request.callId ?? '',
    String(request.cseq?.number ?? ''),
    request.from?.tag ?? '',
    request.to?.tag ?? '',
    request.requestUri,
    request.topVia?.branch ?? '',
  ]
  return { ...authenticated, operationId: hash('sha256', parts.join('\0'), 'base64url').slice(0, 27) }
}
