/**
 * Planted: authentication does not look whether the account is disabled.
 */
import type { Accounts } from '../../src/shard/service.ts'
import { makeChangedCore } from './changed-core.ts'
import { type Mutant, noMutant } from './mutant.ts'

export const disabledMaySpeak: Mutant = {
  ...noMutant,
  name: 'disabled-may-speak',
  caughtBy: 'disabled',
  firstSeed: 5,
  makeCore: (ports, settings) => makeChangedCore(ports, settings, { accounts: allEnabled }),
}

function allEnabled(accounts: Accounts): Accounts {
  return {
    aliasOf: (aor) => accounts.aliasOf(aor),
    find(aor) {
      const found = accounts.find(aor)
      return found && { ...found, account: { ...found.account, disabled: false } }
    },
  }
}
