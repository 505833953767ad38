/**
 * Planted: whoever was on a list once is told of for ever.
 */

import { WorkerCore } from '../../../src/runtime/worker-core.ts'
import type { ListMember } from '../../../src/xcap/index.ts'
import { type Mutant, noMutant } from '../../mutants/mutant.ts'

export const removedMemberStays: Mutant = {
  ...noMutant,
  name: 'removed-member-stays',
  caughtBy: 'listed',
  makeCore(ports, settings) {
    const core = new WorkerCore(ports, settings)
    const { lists } = core.services
    const find = lists.find.bind(lists)
    const known = new Map<string, Map<string, ListMember>>()
    lists.find = (owner, uri) => {
      const service = find(owner, uri)
      if (!service) return null
      const members = known.get(uri) ?? new Map<string, ListMember>()
      known.set(uri, members)
      for (const member of service.members) members.set(member.uri, member)
      return { ...service, members: [...members.values()] }
    }
    return core
  },
}
