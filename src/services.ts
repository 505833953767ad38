/**
 * The services of a shard, and nothing else: adding a capability is adding one file and one line here.
 */
import { AccountService } from './directory/index.ts'
import { type EventSettings, EventsService } from './events/index.ts'
import { allowAll, type MessagingSettings, messageService } from './messaging/index.ts'
import type { SecretBox } from './ports/secret-box.ts'
import { PresenceService, type PresenceSettings } from './presence/index.ts'
import { LocationService, Registrar, type RegistrarSettings } from './registrar/index.ts'
import type { Accounts, Service, ShardHost } from './shard/index.ts'

export interface ServiceSettings {
  readonly registrar: RegistrarSettings
  readonly messaging: MessagingSettings
  readonly events: EventSettings
  readonly presence: PresenceSettings
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
  const events = new EventsService(host, registrar, location, settings.events)
  const presence = new PresenceService({
    host,
    accounts,
    devices: registrar,
    policy: { maySee: () => 'allow' },
    events,
    settings: settings.presence,
  })
  events.offer(presence.eventPackage)
  accounts.serve({
    devices: (aor) => registrar.summaries(aor),
    mailboxMessages: (aor) => messaging.storedCount(aor),
    cutOff: (unit, aor) => {
      registrar.cutOff(unit, aor)
      events.cutOff(unit, aor)
      presence.judgeAgain(unit, aor)
    },
    removeUser: (unit, aor) => {
      registrar.removeUser(unit, aor)
      messaging.removeUser(unit, aor)
      events.cutOff(unit, aor)
      presence.removeUser(unit, aor)
    },
  })
  return { accounts, registrar, all: [accounts, registrar, messaging, events, presence, location] }
}
