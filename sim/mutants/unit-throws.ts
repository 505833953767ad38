/**
 * Planted: the code of a service throws at some requests.
 */
import { makeChangedCore } from './changed-core.ts'
import { type Mutant, noMutant } from './mutant.ts'

export const unitThrows: Mutant = {
  ...noMutant,
  name: 'unit-throws',
  caughtBy: 'sound',
  makeCore: (ports, settings) =>
    makeChangedCore(ports, settings, {
      service: 'messaging',
      request(request) {
        if (request.message.request.callId?.endsWith('7')) throw new Error('planted')
        return request
      },
    }),
}
