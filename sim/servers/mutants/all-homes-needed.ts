/**
 * Planted: where a user is can be found out only while every home answers.
 */
import type { CorePorts, CoreSettings } from '../../../src/runtime/worker-core.ts'
import type { Routes } from '../../../src/topology/index.ts'
import { type Mutant, noMutant } from '../../mutants/mutant.ts'
import { coreWithRoutes } from './changed-routes.ts'

function anxious({ homing, places }: Routes, { topology }: CoreSettings): void {
  const homes = topology!.topology.servers.filter(({ role, name }) => role === 'home' && name !== places.ownName)
  const find = homing.find.bind(homing)
  homing.find = (aor, onHome) => {
    if (homes.every(({ name }) => places.isUp(name))) find(aor, onHome)
    else onHome('unsure')
  }
}

export const allHomesNeeded: Mutant = {
  ...noMutant,
  name: 'all-homes-needed',
  caughtBy: 'bystanders',
  firstSeed: 183,
  makeCore: (ports: CorePorts, settings: CoreSettings) =>
    coreWithRoutes(ports, settings, { routes: (routes) => anxious(routes, settings) }),
}
