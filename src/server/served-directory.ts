/**
 * Active Directory as a running server uses it, on main: finds users for the shards, checks passwords for enrolment,
 * and follows what changes. Workers never wait for LDAP.
 */
import { readFileSync } from 'node:fs'
import type { Config } from '../config/index.ts'
import {
  Catalogs,
  ChangeFollower,
  ControllerConnection,
  catalogsOptions,
  DirectoryAccounts,
  DirectoryPasswords,
  DirectoryUsers,
  LocalPasswords,
  LockoutPolicies,
  loadLdap,
  type PasswordProver,
  serviceAccount,
  type UserHome,
} from '../directory/index.ts'
import type { Clock } from '../ports/clock.ts'
import { LdapFault, type OpenLdap } from '../ports/ldap.ts'
import type { Log } from '../ports/log.ts'
import type { Store } from '../ports/store.ts'
import { type MetricSample, MetricsRegistry, NodeTimers } from '../runtime/index.ts'
import type { Aor } from '../sip/uri/aor.ts'
import type { AccountAsks, DirectoryFound } from './account-asks.ts'
import { DirectoryRecords } from './directory-records.ts'
import { StartFailure } from './start-failure.ts'

export interface DirectoryFacts {
  readonly config: Config
  readonly clock: Clock
  readonly log: Log
  readonly store: Store
  readonly asks: AccountAsks
  readonly realm: string
  readonly domains: () => readonly string[]
  readonly audit: (event: string, aor: Aor, detail: string) => void
}

const probeMs = 1_000

export class ServedDirectory {
  readonly #facts: DirectoryFacts
  readonly #metrics = new MetricsRegistry()
  readonly #timers = new NodeTimers()
  readonly #records: DirectoryRecords
  readonly #catalogs: Catalogs
  readonly #users: DirectoryUsers
  readonly #accounts: DirectoryAccounts
  readonly #controllers: readonly ControllerConnection[]
  readonly #lockouts: LockoutPolicies
  readonly #probing: NodeJS.Timeout
  #follower: ChangeFollower | null = null
  #passwords: PasswordProver | null = null

  private constructor(facts: DirectoryFacts, open: OpenLdap) {
    const { config, clock, log, store, asks, domains, audit } = facts
    const { directory } = config
    this.#facts = facts
    this.#records = new DirectoryRecords(store, clock)
    const ports = { clock, log, metrics: this.#metrics, open }
    this.#catalogs = new Catalogs(ports, catalogsOptions(directory))
    const cacheMs = directory.cacheSeconds * 1000
    this.#users = new DirectoryUsers({ ...ports, catalogs: this.#catalogs }, { base: directory.base, cacheMs })
    const rules = { domains, homeOf: () => this.#homeOf() }
    const act: AccountAsks['act'] = (aor, request) => asks.act(aor, request)
    this.#accounts = new DirectoryAccounts({ log, timers: this.#timers, act, audit }, rules)
    const account = serviceAccount(directory)
    const controllerOf = ({ host, domainPort: port }: { host: string; domainPort: number }) =>
      new ControllerConnection({ host, port }, account, open)
    this.#controllers = directory.servers.map(controllerOf)
    this.#lockouts = new LockoutPolicies(clock, directory.servers.map(controllerOf))
    this.#probing = setInterval(() => void this.#catalogs.probe(), probeMs)
    this.#probing.unref()
  }

  /** Null where accounts are our own. Asks nothing before `follow`. Throws `StartFailure`. */
  static async open(facts: DirectoryFacts): Promise<ServedDirectory | null> {
    const { directory } = facts.config
    if (directory.kind === 'local') return null
    let caPem: string | null = null
    try {
      if (directory.authorityFile !== null) caPem = readFileSync(directory.authorityFile, 'utf8')
    } catch (error) {
      throw new StartFailure(`directory.authorityFile cannot be read: ${(error as Error).message}`, 'configuration')
    }
    const { openLdap } = await loadLdap()
    const { tls, connectMs, answerMs } = directory
    return new ServedDirectory(facts, (server) => openLdap(server, { tls, caPem, connectMs, answerMs }))
  }

  get passwords(): PasswordProver {
    if (this.#passwords === null) throw new Error('the directory is not followed yet')
    return this.#passwords
  }

  /** Takes up what an earlier start has left, and begins to ask. A directory that is away stops no start. */
  async follow(): Promise<void> {
    const { clock, log, asks, realm, config } = this.#facts
    await this.#records.users((aor, facts) => this.#accounts.load(aor, facts))
    const owner = {
      onChange: (...[guid, user, against]: Parameters<DirectoryAccounts['onChange']>) => {
        this.#users.forgetUser(guid)
        this.#accounts.onChange(guid, user, against)
      },
    }
    const keep = (changes: Parameters<DirectoryRecords['keepDenials']>[0]) => this.#records.keepDenials(changes)
    const follower = new ChangeFollower({ clock, timers: this.#timers, log, keep }, owner, {
      controllers: this.#controllers,
      base: config.directory.base,
      pollMs: config.directory.pollSeconds * 1000,
      knownBefore: this.#accounts.known(),
    })
    follower.denials.load(await this.#records.denials())
    this.#follower = follower
    const budget = await this.#records.budget()
    const act: AccountAsks['act'] = (aor, request) => asks.act(aor, request)
    this.#passwords = new DirectoryPasswords({
      clock,
      log,
      catalogs: this.#catalogs,
      budget,
      budgetKept: () => this.#records.budgetKept(),
      users: this.#users,
      accounts: this.#accounts,
      denied: (guid) => follower.denials.against(guid),
      homeOf: () => this.#homeOf(),
      lockoutOf: (user) => this.#lockouts.of(user),
      own: new LocalPasswords(act, realm),
      isOwn: async (aor) => {
        const shown = await act(aor, { act: 'show' })
        return shown.ok && shown.directory === null
      },
    })
    asks.onDirectoryAsk = (aor) => this.#find(aor)
    this.#accounts.hold()
    void follower.poll().finally(() => {
      this.#accounts.goOn()
      follower.start()
    })
  }

  get samples(): readonly MetricSample[] {
    const last = this.#follower?.lastGoodMs ?? null
    const ageSeconds = last === null ? -1 : (this.#facts.clock.monotonicMs() - last) / 1000
    const age = 'Since a domain controller was followed to the end; -1 before the first time.'
    const accounts = 'Users of Active Directory who are accounts of this server.'
    this.#metrics.gauge('meridian_directory_age_seconds', age).set(ageSeconds)
    this.#metrics.gauge('meridian_directory_accounts', accounts).set(this.#accounts.accountsCount)
    return this.#metrics.snapshot()
  }

  close(): void {
    this.#follower?.end()
    clearInterval(this.#probing)
    this.#timers.close()
    this.#catalogs.end()
    this.#lockouts.end()
    for (const controller of this.#controllers) controller.end()
  }

  /** For a shard that does not know whose this is. */
  async #find(aor: Aor): Promise<DirectoryFound> {
    try {
      const found = await this.#users.find(aor)
      if (found === null) return { outcome: 'unsure', mainAor: null }
      if (found.answer.found !== 'user') return { outcome: 'nobody', mainAor: null }
      const { user } = found.answer
      const taken = await this.#accounts.take(user, this.#follower?.denials.against(user.guid) ?? [])
      if ('aor' in taken) return { outcome: 'found', mainAor: taken.aor === aor ? null : taken.aor }
    } catch (error) {
      if (!(error instanceof LdapFault)) throw error
      this.#facts.log.write('error', 'directory.question-refused', { aor, detail: error.message })
      return { outcome: 'unsure', mainAor: null }
    }
    return { outcome: 'nobody', mainAor: null }
  }

  /** Alone, a server is the home of all whom the directory lets sign in. */
  #homeOf(): UserHome {
    return 'here'
  }
}
