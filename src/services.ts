/**
 * The services of a shard, and nothing else: adding a capability is adding one file and one line here.
 */
import { AccountService } from './directory/index.ts'
import { allowAll, type MessagingSettings, messageService } from './messaging/index.ts'
import type { SecretBox } from './ports/secret-box.ts'
import { LocationService, Registrar, type RegistrarSettings } from './registrar/index.ts'
import type { Accounts, Service, ShardHost } from './shard/index.ts'

export interface ServiceSettings {
  readonly registrar: RegistrarSettings
  readonly messaging: MessagingSettings
}

export interface ShardServices {
  readonly accounts: Accounts
  readonly registrar: Registrar
  readonly all: readonly Service[]
}

export function makeServices(host: ShardHost, box: SecretBox, settings: ServiceSettings): ShardServices {
  const accounts = new AccountService(host, box)
  const registrar = new Registrar(host, accounts, settings.registrar)
  const location = new LocationService(host, accounts, registrar)
  const messaging = messageService(host, registrar, accounts, allowAll, settings.messaging)
  accounts.serve({
    devices: (aor) => registrar.summaries(aor),
    mailboxMessages: (aor) => messaging.storedCount(aor),
    cutOff: (unit, aor) => registrar.cutOff(unit, aor),
    removeUser: (unit, aor) => {
      registrar.removeUser(unit, aor)
      messaging.removeUser(unit, aor)
    },
  })
  return { accounts, registrar, all: [accounts, registrar, messaging, location] }
}
