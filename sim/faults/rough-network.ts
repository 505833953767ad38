/**
 * Datagrams are lost, doubled and overtaken; streams arrive in pieces.
 */
import type { Fault } from './fault.ts'

export const roughNetwork: Fault = {
  name: 'rough-network',
  share: 0.6,
  start(world, random) {
    const { network } = world.weather
    network.lossProbability = random.pick([0, 0.02, 0.1, 0.25])
    network.doubleProbability = random.pick([0, 0.05, 0.2])
    network.splitProbability = random.pick([0, 0.3])
    network.maxDelayMs = random.pick([20, 100, 700])
  },
}
