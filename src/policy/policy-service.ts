/**
 * Policy at a shard: decides for its users, keeps the organisation's rules as this shard knows them, and sees to it
 * that a change is acknowledged only when it holds everywhere.
 *
 * The organisation's record belongs to the shard that owns `!server`. A change is written there, and when it is flushed
 * told to every shard as a fact; each applies it to its decisions and, by those who listen (`onChange`), to its live
 * subscriptions, and then confirms. A change of somebody's groups goes the same way from the shard of the account, and
 * to the shards of other homes too, whose users he may watch.
 */
import type { PolicyReply, PolicyRequest } from '../ports/admin.ts'
import type {
  BusMessage,
  GroupsChangeMessage,
  PolicyAskMessage,
  PolicyChangeMessage,
  ReplyAddress,
} from '../ports/bus.ts'
import type { Account } from '../ports/directory.ts'
import { isOwnPlace } from '../ports/places.ts'
import { type MessagePolicy, type MessageVerdict, type PolicyParty, partyOf, type SeeVerdict } from '../ports/policy.ts'
import { documentRecord } from '../ports/records/document.ts'
import { serverOwner } from '../ports/records/manifest.ts'
import { type OrganisationPolicy, type PolicyDefault, policyKey, policyRecord } from '../ports/records/policy.ts'
import type { Accounts, Service, ShardHost, Unit } from '../shard/index.ts'
import type { Aor } from '../sip/uri/aor.ts'
import { presenceRules } from '../xcap/index.ts'
import { Barriers, type Conclude } from './barriers.ts'
import { decideMessage, decideSee, type Organisation, type Question } from './decide.ts'
import { Listeners } from './listeners.ts'
import { changeOrganisation, type KnownPolicy, noPolicy, organisationOf, organisationSummary } from './organisation.ts'
import type { UserRules } from './user-rules.ts'

export interface PolicySettings {
  /** Until a command sets another. */
  readonly default: PolicyDefault
}

/** Asked at the shard of the presentity. */
export interface Policy extends MessagePolicy {
  maySee(watcher: PolicyParty, presentity: Aor): SeeVerdict
  /**
   * `apply` brings live subscriptions to a presentity (null: to all of this shard) in line with `maySee`, and calls
   * `done`, once, in this unit or a later one, when none of them shows more than it may.
   */
  onChange(apply: (unit: Unit, presentity: Aor | null, done: (unit: Unit) => void) => void): void
  /** The same for the subscriptions of one watcher, who is in other groups now, to presentities of this shard. */
  onWatcherChange(apply: (unit: Unit, watcher: PolicyParty, done: (unit: Unit) => void) => void): void
}

/** The owner of the organisation's record, as the bus and the store name it. */
const organisation = serverOwner as Aor

export class PolicyService implements Service, Policy {
  readonly name = 'policy'
  readonly methods: readonly string[] = []
  readonly kinds = ['policy-change', 'groups-change', 'policy-applied', 'policy-ask'] as const
  readonly records = [policyRecord.name]
  readonly rfcs: readonly string[] = []

  readonly #host: ShardHost
  readonly #accounts: Accounts
  readonly #rules: UserRules
  readonly #settings: PolicySettings
  readonly #barriers: Barriers
  readonly #ofPresentity = new Listeners<Aor | null>()
  readonly #ofWatcher = new Listeners<PolicyParty>()
  /** What this shard decides by. */
  #known: KnownPolicy = noPolicy
  #organisation: Organisation
  /** By which it was made. */
  #default: PolicyDefault
  /** At the owner: what is written, and may not be flushed yet. */
  #written: KnownPolicy = noPolicy
  #isQuarantined = false

  constructor(host: ShardHost, accounts: Accounts, rules: UserRules, settings: PolicySettings) {
    this.#host = host
    this.#accounts = accounts
    this.#rules = rules
    this.#settings = settings
    this.#barriers = new Barriers(host)
    this.#default = settings.default
    this.#organisation = organisationOf(noPolicy, settings.default)
    rules.listen((unit, aor, done) => this.#onUserRules(unit, aor, done))
  }

  maySee(watcher: PolicyParty, presentity: Aor): SeeVerdict {
    return decideSee(this.#organisation, this.#question(watcher, presentity))
  }

  mayMessage(sender: PolicyParty, recipient: Aor): MessageVerdict {
    return decideMessage(this.#organisation, this.#question(sender, recipient))
  }

  onChange(apply: (unit: Unit, presentity: Aor | null, done: (unit: Unit) => void) => void): void {
    this.#ofPresentity.add(apply)
  }

  onWatcherChange(apply: (unit: Unit, watcher: PolicyParty, done: (unit: Unit) => void) => void): void {
    this.#ofWatcher.add(apply)
  }

  /** At the account's shard; see `UserParts` of the directory. */
  groupsChanged(unit: Unit, account: Account, done: Conclude): void {
    const shards = [...this.#host.everyShard()]
    const address = this.#barriers.begin(unit, `groups ${account.aor}`, shards, done)
    unit.touch(account.aor)
    this.#tell(unit, shards, { kind: 'groups-change', from: address, party: partyOf(account) })
  }

  onMessage(unit: Unit, message: BusMessage): void {
    switch (message.kind) {
      case 'policy-ask':
        return this.#onAsk(unit, message)
      case 'policy-change':
        return this.#onOrganisation(unit, message)
      case 'groups-change':
        return this.#onGroups(unit, message)
      case 'policy-applied':
        if (message.outcome === 'applied') return this.#barriers.confirmed(unit, message.to, message.worker)
        return this.#barriers.notKept(unit, message.to)
    }
  }

  load(_aor: Aor, _kind: string, _key: string, value: Uint8Array): string | null {
    const decoded = policyRecord.decode(value)
    this.#setKnown(decoded.ok ? decoded.value : 'unreadable')
    return decoded.ok ? null : decoded.reason
  }

  onQuarantined(aor: Aor, kind: string, [auid = presenceRules.auid]: readonly string[]): void {
    if (kind === policyRecord.name) this.#isQuarantined = true
    if (kind === documentRecord.name && auid === presenceRules.auid) this.#rules.lost(aor)
  }

  onLoaded(): void {
    // What was said anew since then stands; where nothing was, what is lost may have forbidden anything.
    if (this.#isQuarantined && this.#known === noPolicy) this.#setKnown('unreadable')
    if (this.#known === 'unreadable') this.#host.log.write('error', 'policy.unreadable')
    if (this.#host.incarnation === 1 || !this.#isOwner || this.#known === 'unreadable') return
    // A predecessor that died between the flush and the telling has left shards that decide by an older policy.
    const policy = this.#known
    this.#host.run({ who: '', what: 'policy-again', hash: '' }, (unit) => this.#spread(unit, policy, () => undefined))
  }

  /** The batch failed: nobody was told of what it held. What is flushed stands, and follows by `load`. */
  forget(aor: Aor): void {
    if (aor === organisation) this.#written = this.#known
  }

  /** That of another home: out of reach it shows nothing to our users, and hears of each anew when it is back. */
  onWorkerGone(place: number): void {
    if (!isOwnPlace(place)) this.#barriers.gone(place)
  }

  onMovedAway(aor: Aor): void {
    this.#rules.movedAway(aor)
  }

  /** Another default: live subscriptions are judged again, as after a change of the organisation's own. */
  onSettings(unit: Unit, done: () => void): void {
    if (this.#settings.default === this.#default) return done()
    unit.change(() => {
      this.#default = this.#settings.default
      this.#organisation = organisationOf(this.#known, this.#default)
    })
    unit.afterwards(() =>
      this.#host.run({ who: '', what: 'policy-default', hash: '' }, (next) =>
        this.#ofPresentity.tell(next, null, () => done()),
      ),
    )
  }

  get #isOwner(): boolean {
    return this.#host.shardOf(organisation) === this.#host.worker
  }

  #question(from: PolicyParty, presentity: Aor): Question {
    const to = this.#accounts.find(presentity)?.account ?? { aor: presentity, aliases: [], groups: [] }
    return { from, to, own: this.#rules.ruleFor(presentity, from) }
  }

  #setKnown(policy: KnownPolicy): void {
    this.#known = policy
    this.#written = policy
    this.#organisation = organisationOf(policy, this.#settings.default)
  }

  #onAsk(unit: Unit, message: PolicyAskMessage): void {
    const { aor, act } = message
    const main = this.#accounts.aliasOf(aor)
    if (main) return unit.send(this.#host.shardOf(main), { ...message, aor: main })
    unit.touch(aor)
    switch (act.act) {
      case 'show-organisation':
        return this.#replyOrganisation(unit, message, [])
      case 'set-default':
      case 'put-rule':
      case 'remove-rule':
        return this.#changeOrganisation(unit, message, act)
      case 'show-user':
      case 'set-user-rule':
        return this.#onUserAsk(unit, message, act)
    }
  }

  #changeOrganisation(
    unit: Unit,
    message: PolicyAskMessage,
    act: Extract<PolicyRequest, { act: 'set-default' | 'put-rule' | 'remove-rule' }>,
  ): void {
    const change = changeOrganisation(this.#written, act, this.#nextGeneration())
    if (!change.ok) return this.#reply(unit, message.from, change)
    const { policy } = change
    unit.write(organisation, policyKey, policyRecord.encode(policy))
    unit.change(() => {
      this.#written = policy
    })
    this.#spread(unit, policy, (next, unconfirmed) => {
      next.touch(organisation)
      if (unconfirmed) this.#replyOrganisation(next, message, unconfirmed)
      else this.#reply(next, message.from, notKept)
    })
  }

  /** Above what any shard has heard of, also where the record is lost: the clock is, as in `firstEpoch`. */
  #nextGeneration(): number {
    const known = [this.#written, this.#known].map((policy) => (policy === 'unreadable' ? 0 : policy.generation))
    return Math.max(...known.map((generation) => generation + 1), Math.floor(this.#host.clock.systemMs()))
  }

  #spread(unit: Unit, policy: OrganisationPolicy, conclude: Conclude): void {
    const from = this.#barriers.begin(unit, 'organisation', this.#everyWorker(), conclude)
    this.#tell(unit, this.#everyWorker(), { kind: 'policy-change', from, policy })
  }

  #onOrganisation(unit: Unit, { from, policy }: PolicyChangeMessage): void {
    const before = this.#known === 'unreadable' ? 0 : this.#known.generation
    unit.change(() => {
      if (policy.generation <= before) return
      this.#known = policy
      this.#organisation = organisationOf(policy, this.#settings.default)
    })
    // Live subscriptions are judged by what this unit has changed, so in a unit behind it.
    unit.afterwards(() =>
      this.#host.run({ who: '', what: 'policy-change', hash: '' }, (next) =>
        this.#ofPresentity.tell(next, null, (last) => this.#confirm(last, from)),
      ),
    )
  }

  #onGroups(unit: Unit, { from, party }: GroupsChangeMessage): void {
    const { worker } = this.#host
    const asWatcher = (next: Unit) => this.#ofWatcher.tell(next, party, (last) => this.#confirm(last, from))
    if (this.#host.shardOf(party.aor) === worker) this.#ofPresentity.tell(unit, party.aor, asWatcher)
    else asWatcher(unit)
  }

  #confirm(unit: Unit, to: ReplyAddress): void {
    unit.send(to.worker, { kind: 'policy-applied', to, worker: this.#host.worker, outcome: 'applied' })
  }

  /** Once the batch is flushed; if it is not taken, nobody is told, and the barrier hears of that. */
  #tell(unit: Unit, shards: readonly number[], message: PolicyChangeMessage | GroupsChangeMessage): void {
    const { worker: own } = this.#host
    const notKeptMessage = { kind: 'policy-applied', to: message.from, worker: own, outcome: 'not-kept' } as const
    for (const shard of shards) unit.sendFlushed(shard, message, shard === own ? notKeptMessage : null)
  }

  #everyWorker(): number[] {
    return Array.from({ length: this.#host.workersCount }, (_, worker) => worker)
  }

  #onUserAsk(
    unit: Unit,
    message: PolicyAskMessage,
    act: Extract<PolicyRequest, { act: 'show-user' | 'set-user-rule' }>,
  ): void {
    const { aor, from } = message
    if (!this.#accounts.find(aor)) {
      return this.#reply(unit, from, { ok: false, error: 'not-found', message: `${aor} is no user of this server` })
    }
    if (act.act === 'show-user') return this.#replyUser(unit, message, [])
    const fault = this.#rules.change(unit, aor, act, (next, outcome) => {
      next.touch(aor)
      if (outcome === 'not-kept') return this.#reply(next, from, notKept)
      this.#replyUser(next, message, outcome === 'followed' ? [] : [this.#host.worker])
    })
    if (fault !== null) this.#reply(unit, from, { ok: false, error: 'invalid', message: fault })
  }

  /** However the rules were changed: who waits for `done` is not kept waiting for ever. */
  #onUserRules(unit: Unit, aor: Aor, done: (unit: Unit, isFollowed: boolean) => void): void {
    const { worker } = this.#host
    let address: ReplyAddress | null = null
    let isDone = false
    this.#ofPresentity.tell(unit, aor, (next) => {
      isDone = true
      if (address) this.#barriers.confirmed(next, address, worker)
      else done(next, true)
    })
    if (isDone) return
    address = this.#barriers.begin(unit, `rules ${aor}`, [worker], (next, unconfirmed) => {
      done(next, unconfirmed?.length === 0)
    })
  }

  #replyOrganisation(unit: Unit, message: PolicyAskMessage, unconfirmed: readonly number[]): void {
    const summary = organisationSummary(this.#written, this.#settings.default)
    this.#reply(unit, message.from, { ok: true, organisation: summary, user: null, unconfirmed })
  }

  #replyUser(unit: Unit, message: PolicyAskMessage, unconfirmed: readonly number[]): void {
    const user = this.#rules.summaryOf(message.aor)
    this.#reply(unit, message.from, { ok: true, organisation: null, user, unconfirmed })
  }

  #reply(unit: Unit, to: ReplyAddress, reply: PolicyReply): void {
    const { worker } = to
    unit.sendFlushed(worker, { kind: 'policy-reply', to, reply }, { kind: 'policy-reply', to, reply: notKept })
  }
}

const notKept: PolicyReply = { ok: false, error: 'unavailable', message: 'the store did not take the change' }
