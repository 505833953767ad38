/**
 * The services of a shard, and nothing else: adding a capability is adding one file and one line here.
 */
import { AccountService } from './directory/index.ts'
import { MessageSummaryPackage, PresenceWinfoPackage, RegPackage, XcapDiffPackage } from './event-packages/index.ts'
import { type EventSettings, EventsService } from './events/index.ts'
import { type MessagingSettings, messageService } from './messaging/index.ts'
import { HomesBook, LiveFlows, MovingService } from './moving/index.ts'
import { DocumentRules, type Policy, PolicyService, type PolicySettings } from './policy/index.ts'
import { nowhere } from './ports/places.ts'
import type { SecretBox } from './ports/secret-box.ts'
import { PresenceService, type PresenceSettings } from './presence/index.ts'
import { LocationService, Registrar, type RegistrarSettings } from './registrar/index.ts'
import type { Accounts, AuthenticationSettings, Homes, Service, ShardHost } from './shard/index.ts'
import { type Lists, type UserDocuments, XcapService, type XcapSettings } from './xcap/index.ts'

export interface ServiceSettings {
  readonly registrar: RegistrarSettings
  readonly messaging: MessagingSettings
  readonly policy: PolicySettings
  readonly events: EventSettings
  readonly presence: PresenceSettings
  readonly xcap: XcapSettings
}

export interface ShardServices {
  readonly accounts: Accounts
  readonly registrar: Registrar
  readonly policy: Policy
  readonly documents: UserDocuments
  readonly lists: Lists
  readonly homes: Homes
  readonly all: readonly Service[]
}

export function makeServices(
  host: ShardHost,
  box: SecretBox,
  settings: ServiceSettings,
  authentication: AuthenticationSettings,
): ShardServices {
  const accounts = new AccountService(host, box)
  const registrar = new Registrar(host, accounts, settings.registrar)
  const xcap = new XcapService(host, accounts, settings.xcap, authentication)
  const rules = new DocumentRules(xcap.documents, host)
  const policy = new PolicyService(host, accounts, rules, settings.policy)
  const location = new LocationService(host, accounts, registrar, policy)
  const messaging = messageService(host, registrar, accounts, policy, settings.messaging)
  const events = new EventsService(host, registrar, location, settings.events)
  const presence = new PresenceService({
    host,
    accounts,
    devices: registrar,
    policy,
    events,
    lists: xcap.lists,
    settings: settings.presence,
  })
  const own = { host, accounts, events }
  events.offer(
    presence.eventPackage,
    new PresenceWinfoPackage(own, presence.watcherInfo),
    new MessageSummaryPackage(own, messaging),
    new RegPackage(own, registrar),
    new XcapDiffPackage(own, xcap.documents, settings.xcap.root),
  )
  accounts.serve({
    devices: (aor) => registrar.summaries(aor),
    mailboxMessages: (aor) => messaging.storedCount(aor),
    cutOff: (unit, aor) => {
      registrar.cutOff(unit, aor)
      events.cutOff(unit, aor)
      presence.judgeAgain(unit, aor)
    },
    signOut: (unit, aor, deviceKey) => registrar.signOut(unit, aor, deviceKey),
    removeUser: (unit, aor) => {
      registrar.removeUser(unit, aor)
      messaging.removeUser(unit, aor)
      events.cutOff(unit, aor)
      presence.removeUser(unit, aor)
      xcap.removeUser(unit, aor)
      rules.removeUser(unit, aor)
    },
    groupsChanged: (unit, account, done) => policy.groupsChanged(unit, account, done),
    movedTo: (aor) => homes.movedTo(aor),
  })
  const homes = new HomesBook()
  // Behind all others: a user who was moved is there when they have read him.
  const moving = new MovingService({
    host,
    elsewhere: host.elsewhere ?? nowhere,
    accounts,
    box,
    book: homes,
    flows: new LiveFlows(registrar),
  })
  const all = [accounts, registrar, policy, xcap, messaging, events, presence, location, moving]
  return { accounts, registrar, policy, documents: xcap.documents, lists: xcap.lists, homes, all }
}
