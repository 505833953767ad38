/**
 * Active Directory as a running server uses it, on main: finds users for the shards, checks passwords for enrolment,
 * and follows what changes. Workers never wait for LDAP.
 */
import type { Config } from '../config/index.ts'
import {
  AccountGroups,
  attributeMapping,
  Catalogs,
  ChangeFollower,
  ControllerConnection,
  catalogsOptions,
  configuredLdap,
  DirectoryAccounts,
  DirectoryGroups,
  DirectoryHoming,
  DirectoryPasswords,
  type DirectoryUser,
  DirectoryUsers,
  homeVersion,
  LocalPasswords,
  LockoutPolicies,
  type PasswordProver,
  serviceAccount,
} from '../directory/index.ts'
import type { Clock } from '../ports/clock.ts'
import { LdapFault, type OpenLdap } from '../ports/ldap.ts'
import type { Log } from '../ports/log.ts'
import type { Counter, Metrics } from '../ports/metrics.ts'
import type { Store } from '../ports/store.ts'
import { type MetricSample, MetricsRegistry, NodeTimers, RealClock } from '../runtime/index.ts'
import type { Aor } from '../sip/uri/aor.ts'
import type { AccountAsks, DirectoryFound } from './account-asks.ts'
import { DirectoryHomes } from './directory-homes.ts'
import { DirectoryMoves } from './directory-moves.ts'
import { DirectoryRecords } from './directory-records.ts'
import { DirectoryTopologyFile } from './directory-topology-file.ts'
import { StartFailure } from './start-failure.ts'

/** What there is once the server runs. */
export interface DirectoryFacts {
  readonly clock: Clock
  readonly store: Store
  readonly asks: AccountAsks
  readonly realm: string
  readonly domains: () => readonly string[]
  readonly audit: (event: string, aor: Aor, detail: string) => void
}

const probeMs = 1_000

export class ServedDirectory {
  readonly #config: Config
  readonly #log: Log
  readonly #clock: Clock = new RealClock()
  readonly #metrics = new MetricsRegistry()
  readonly #timers = new NodeTimers()
  readonly #catalogs: Catalogs
  readonly #users: DirectoryUsers
  readonly #homing: DirectoryHoming
  readonly #groups: DirectoryGroups
  readonly #homes: DirectoryHomes
  readonly #file: DirectoryTopologyFile | null
  readonly #controllers: readonly ControllerConnection[]
  readonly #lockouts: LockoutPolicies
  /** By domain controller: how often it was followed to the end, and how often not. */
  readonly #polls: ReadonlyMap<string, { readonly good: Counter; readonly bad: Counter }>
  readonly #probing: NodeJS.Timeout
  #accounts: DirectoryAccounts | null = null
  #moves: DirectoryMoves | null = null
  #follower: ChangeFollower | null = null

  private constructor(config: Config, log: Log, open: OpenLdap) {
    const { directory, topology, server } = config
    this.#config = config
    this.#log = log
    const ports = { clock: this.#clock, log, metrics: this.#metrics, open }
    this.#catalogs = new Catalogs(ports, catalogsOptions(directory))
    const cacheMs = directory.cacheSeconds * 1000
    this.#users = new DirectoryUsers({ ...ports, catalogs: this.#catalogs }, { base: directory.base, cacheMs })
    const ownName = topology.file === null ? null : (server.name ?? '').toLowerCase()
    const listFile = attributeMapping(directory) === null ? null : topology.file
    this.#homes = new DirectoryHomes(this.#catalogs, log, {
      ...{ ownName, listFile, pollMs: directory.pollSeconds * 1000 },
    })
    this.#groups = new DirectoryGroups(directory.groups, directory.base, log)
    this.#homing = new DirectoryHoming(this.#users, () => this.#homes.homes, log)
    const kept = directory.topology ? topology.file : null
    this.#file = kept === null ? null : new DirectoryTopologyFile(kept, log)
    const account = serviceAccount(directory)
    const controllerOf = ({ host, domainPort: port }: { host: string; domainPort: number }) =>
      new ControllerConnection({ host, port }, account, open)
    this.#controllers = directory.servers.map(controllerOf)
    this.#polls = new Map(this.#controllers.map(({ name }) => [name, pollCounters(this.#metrics, name)]))
    this.#lockouts = new LockoutPolicies(this.#clock, directory.servers.map(controllerOf))
    this.#probing = setInterval(() => void this.#catalogs.probe(), probeMs)
    this.#probing.unref()
  }

  /**
   * Null where accounts are our own. Reads the topology, and nothing of users before `follow`; a directory that is away
   * stops no start. Throws `StartFailure`.
   */
  static async open(config: Config, log: Log): Promise<ServedDirectory | null> {
    const { directory } = config
    if (directory.kind === 'local') return null
    const ldap = await configuredLdap(directory)
    if (!ldap.ok) throw new StartFailure(ldap.message, 'configuration')
    const served = new ServedDirectory(config, log, ldap.open)
    const read = config.topology.file === null ? null : await served.#homes.read()
    if (read) served.#file?.put(read)
    return served
  }

  /** Takes up what an earlier start has left, and begins to ask. Returns who checks passwords from then on. */
  async follow({ clock, asks, realm, store, domains, audit }: DirectoryFacts): Promise<PasswordProver> {
    const log = this.#log
    const act: AccountAsks['act'] = (aor, request) => asks.act(aor, request)
    const records = new DirectoryRecords(store, clock)
    const homeOf = (user: DirectoryUser) => this.#homes.homeOf(user)
    const ownName = this.#homes.ownName
    const otherHome = (user: DirectoryUser) => this.#otherHome(user, asks)
    const groupsOf = (guid: string) => this.#groups.of(guid)
    const accounts = new DirectoryAccounts(
      { log, timers: this.#timers, act, audit, otherHome },
      { domains, ownName, homeOf, groupsOf },
    )
    this.#accounts = accounts
    await records.users((aor, facts) => accounts.load(aor, facts))
    const follower = await this.#followerOf(accounts, records, asks)
    this.#follower = follower
    const passwords = await this.#passwordsOf(accounts, records, { clock, act, realm })
    asks.onDirectoryAsk = (aor) => this.#find(aor, accounts)
    this.#moves = new DirectoryMoves(accounts, asks, { log, audit, ownName })
    asks.onUserMoved = (message) => void this.#moves?.onMoved(message)
    asks.onHomeAsk = (aor, isAnew) => this.#homing.find(aor, isAnew)
    accounts.hold()
    void follower.poll().finally(() => {
      accounts.goOn()
      follower.start()
    })
    if (this.#config.topology.file !== null) this.#followHomes(accounts)
    return passwords
  }

  #followHomes(accounts: DirectoryAccounts): void {
    this.#homes.follow((read, areHomesNew) => {
      this.#file?.put(read)
      if (areHomesNew) accounts.lookAgain()
    })
  }

  async #followerOf(
    accounts: DirectoryAccounts,
    records: DirectoryRecords,
    asks: AccountAsks,
  ): Promise<ChangeFollower> {
    const { base, pollSeconds } = this.#config.directory
    const act: AccountAsks['act'] = (aor, request) => asks.act(aor, request)
    const groups = new AccountGroups(this.#groups, { log: this.#log, act, accounts: () => accounts.addresses() })
    const owner = {
      onPolled: (name: string, isGood: boolean) => this.#polls.get(name)?.[isGood ? 'good' : 'bad'].inc(),
      beforePoll: () => this.#readGroups(accounts),
      afterPoll: async () => {
        await groups.tell()
        accounts.askAgain()
        await this.#moves?.request()
      },
      onChange: (...[guid, user, against]: Parameters<DirectoryAccounts['onChange']>) => {
        this.#users.forgetUser(guid)
        const renamed = user === null ? [] : this.#homing.changed(user)
        if (renamed[0]) asks.tellRenamed(renamed[0], renamed.slice(1))
        accounts.onChange(guid, user, against)
      },
    }
    const keep = (changes: Parameters<DirectoryRecords['keepDenials']>[0]) => records.keepDenials(changes)
    const follower = new ChangeFollower({ clock: this.#clock, timers: this.#timers, log: this.#log, keep }, owner, {
      controllers: this.#controllers,
      base,
      pollMs: pollSeconds * 1000,
      knownBefore: accounts.known(),
    })
    follower.denials.load(await records.denials())
    return follower
  }

  /** `clock`: by the store's time, since the budget is kept there. */
  async #passwordsOf(
    accounts: DirectoryAccounts,
    records: DirectoryRecords,
    { clock, act, realm }: { readonly clock: Clock; readonly act: AccountAsks['act']; readonly realm: string },
  ): Promise<PasswordProver> {
    return new DirectoryPasswords({
      clock,
      log: this.#log,
      catalogs: this.#catalogs,
      budget: await records.budget(),
      budgetKept: () => records.budgetKept(),
      users: this.#users,
      accounts,
      denied: (guid) => this.#denied(guid),
      homeOf: (user) => this.#homes.homeOf(user),
      lockoutOf: (user) => this.#lockouts.of(user),
      own: new LocalPasswords(act, realm),
      isOwn: async (aor) => {
        const shown = await act(aor, { act: 'show' })
        return shown.ok && shown.directory === null
      },
    })
  }

  /**
   * Another home that has him. Where one cannot be asked, whoever was never given another home was never another's: a
   * home that is down keeps nobody new from his own.
   */
  async #otherHome(user: DirectoryUser, asks: AccountAsks): Promise<string | null> {
    if (this.#homes.ownName === '' || user.aor === null) return null
    const { outcome, server } = await asks.askOtherHomes(user.aor)
    if (outcome !== 'unsure') return server
    for (const controller of this.#controllers) {
      try {
        const version = await controller.ask((connection) => homeVersion(connection, user.dn))
        if (version !== null) return version === 1 ? null : 'unsure'
      } catch (error) {
        if (!(error instanceof LdapFault)) throw error
      }
    }
    return 'unsure'
  }

  /** While no catalog answers they stay as they were. */
  async #readGroups(accounts: DirectoryAccounts): Promise<void> {
    const wereKnown = this.#groups.of('') !== null
    try {
      await this.#catalogs.ask((connection) => this.#groups.read(connection, this.#clock.monotonicMs()))
    } catch (error) {
      if (!(error instanceof LdapFault)) throw error
      this.#log.write('warn', 'directory.groups-not-read', { detail: error.message })
    }
    if (!wereKnown && this.#groups.of('') !== null) accounts.lookAgain()
  }

  #denied(guid: string): readonly string[] {
    return this.#follower?.denials.against(guid) ?? []
  }

  get samples(): readonly MetricSample[] {
    const last = this.#follower?.lastGoodMs ?? null
    const ageSeconds = last === null ? -1 : (this.#clock.monotonicMs() - last) / 1000
    const age = 'Since a domain controller was followed to the end; -1 before the first time.'
    const accounts = 'Users of Active Directory who are accounts of this server.'
    this.#metrics.gauge('meridian_directory_age_seconds', age).set(ageSeconds)
    this.#metrics.gauge('meridian_directory_accounts', accounts).set(this.#accounts?.accountsCount ?? 0)
    return this.#metrics.snapshot()
  }

  close(): void {
    this.#homes.end()
    this.#follower?.end()
    clearInterval(this.#probing)
    this.#timers.close()
    this.#catalogs.end()
    this.#lockouts.end()
    for (const controller of this.#controllers) controller.end()
  }

  /** For a shard that does not know whose this is. */
  async #find(aor: Aor, accounts: DirectoryAccounts): Promise<DirectoryFound> {
    try {
      const found = await this.#users.find(aor)
      if (found === null) return { outcome: 'unsure', mainAor: null }
      if (found.answer.found !== 'user') return { outcome: 'nobody', mainAor: null }
      const { user } = found.answer
      const taken = await accounts.take(user, this.#denied(user.guid))
      if ('no' in taken) return { outcome: taken.isForNow ? 'unsure' : 'nobody', mainAor: null }
      return { outcome: 'found', mainAor: taken.aor === aor ? null : taken.aor }
    } catch (error) {
      if (!(error instanceof LdapFault)) throw error
      this.#log.write('error', 'directory.question-refused', { aor, detail: error.message })
      return { outcome: 'unsure', mainAor: null }
    }
  }
}

function pollCounters(metrics: Metrics, controller: string): { readonly good: Counter; readonly bad: Counter } {
  const text = 'Times that a domain controller was asked for changes, by whether it was followed to the end.'
  const counter = (outcome: string) => metrics.counter('meridian_directory_polls_total', text, { controller, outcome })
  return { good: counter('followed'), bad: counter('failed') }
}
