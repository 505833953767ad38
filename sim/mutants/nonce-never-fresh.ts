/**
 * Planted: no answer to a challenge comes in time, so that nobody can ever sign in.
 */
import { WorkerCore } from '../../src/runtime/worker-core.ts'
import { type Mutant, noMutant } from './mutant.ts'

export const nonceNeverFresh: Mutant = {
  ...noMutant,
  name: 'nonce-never-fresh',
  caughtBy: 'settled',
  makeCore: (ports, settings) =>
    new WorkerCore(ports, { ...settings, authentication: { ...settings.authentication, nonceLifetimeMs: 0 } }),
}
