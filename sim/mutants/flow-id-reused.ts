/**
 * Planted: a worker that comes back gives its flows the names that the flows of its predecessor had. A binding that
 * names a dead flow then leads to whoever has connected since.
 */
import { type Mutant, noMutant } from './mutant.ts'

export const flowIdReused: Mutant = {
  ...noMutant,
  name: 'flow-id-reused',
  caughtBy: 'misdelivered',
  incarnation: () => 1,
  bootId: () => '0123456789abcdef',
}
