/**
 * Planted faults of the scenario of messages that speak of everything a server does: they must be caught here as well.
 */
import { makeChangedCore } from '../../mutants/changed-core.ts'
import { type Mutant, noMutant } from '../../mutants/mutant.ts'
import { nonceNeverFresh } from '../../mutants/nonce-never-fresh.ts'

export const presenceNonceNeverFresh: Mutant = nonceNeverFresh

export const presenceUnitThrows: Mutant = {
  ...noMutant,
  name: 'publish-throws',
  caughtBy: 'sound',
  makeCore: (ports, settings) =>
    makeChangedCore(ports, settings, {
      service: 'presence',
      request(request) {
        if (request.message.request.callId?.endsWith('7')) throw new Error('planted')
        return request
      },
    }),
}
