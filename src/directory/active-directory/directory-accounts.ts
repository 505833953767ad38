/**
 * Makes the accounts of this server what Active Directory says of its users: each user who is at home here is told to
 * the shard of his address, now and whenever that changes. It works towards a state: what could not be told is told
 * later, and only the newest.
 */
import type { AdminReply, AdminRequest } from '../../ports/admin.ts'
import type { DirectoryUserFacts } from '../../ports/directory.ts'
import type { Log } from '../../ports/log.ts'
import type { Timers, TimerTarget } from '../../ports/timers.ts'
import { type Aor, aorDomain } from '../../sip/uri/aor.ts'
import { isSameSaid } from '../local/directory-account.ts'
import type { DirectoryUser } from './directory-user.ts'
import { NameClaims } from './name-claims.ts'
import { switchesAgainst } from './user-verdict.ts'

export interface DirectoryAccountsPorts {
  readonly log: Log
  readonly timers: Timers
  /** At the shard; durable when it resolves. */
  readonly act: (aor: Aor, request: AdminRequest) => Promise<AdminReply>
  /**
   * Another home that has him by its own word, or `unsure`; null where none has. The attribute may have been changed
   * before he is moved.
   */
  readonly otherHome: (user: DirectoryUser) => Promise<string | null>
  readonly audit: (event: string, aor: Aor, detail: string) => void
}

/** Where a user is at home: `here`, another server, or nowhere, with the reason; `unread`: homes are not known yet. */
export type UserHome = 'here' | 'unread' | { readonly server: string } | { readonly nowhere: string }

/** `isForNow`: what it waits for has not been said yet, so that it is no word against him. */
export type TakenUser = { readonly aor: Aor } | { readonly no: string; readonly isForNow: boolean }

export interface DirectoryAccountsRules {
  /** Lower case: addresses of others are nobody's here. */
  readonly domains: () => readonly string[]
  /** Of this server in the topology; empty where it is alone. */
  readonly ownName: string
  readonly homeOf: (user: DirectoryUser) => UserHome
  /** Of the policy, for a new account; null: nobody knows yet, so that it is not made, since a rule may forbid it. */
  readonly groupsOf: (guid: string) => readonly string[] | null
}

interface Row {
  /** As he was seen last in this start. */
  user: DirectoryUser | null
  against: readonly string[]
  /** What the shard has. */
  kept: { readonly aor: Aor; readonly facts: DirectoryUserFacts } | null
  /** What it is to have; null: it is as it should be. */
  wanted: { readonly aor: Aor; readonly facts: DirectoryUserFacts } | null
  isTold: boolean
  /** What the log has said of him last. */
  complaint: string
  waiters: (() => void)[]
}

/** So many accounts at once: enough to share a flush, few enough to leave the shards to their users. */
const toldAtOnce = 64
const retryMs = 1_000

export class DirectoryAccounts implements TimerTarget {
  readonly #ports: DirectoryAccountsPorts
  readonly #rules: DirectoryAccountsRules
  readonly #rows = new Map<string, Row>()
  readonly #claims = new NameClaims()
  readonly #waiting = new Set<Row>()
  readonly #late = new Set<Row>()
  /** Whom another home still has, or may have. */
  readonly #awaited = new Set<string>()
  /** By guid: accounts here for which the directory names another home than it did. */
  readonly #moves = new Map<string, { readonly aor: Aor; readonly to: string }>()
  #underWay = 0
  #isHeld = false

  constructor(ports: DirectoryAccountsPorts, rules: DirectoryAccountsRules) {
    this.#ports = ports
    this.#rules = rules
  }

  /** What the store has from an earlier start. */
  load(aor: Aor, facts: DirectoryUserFacts): void {
    const row = this.#rowOf(facts.guid)
    row.kept = { aor, facts }
    row.against = facts.against
  }

  /** objectGUID → distinguished name of all who are accounts here. */
  known(): ReadonlyMap<string, string> {
    return new Map([...this.#rows].flatMap(([guid, { kept }]) => (kept ? [[guid, kept.facts.dn] as const] : [])))
  }

  /** objectGUID → address of the same. */
  addresses(): ReadonlyMap<string, Aor> {
    return new Map([...this.#rows].flatMap(([guid, { kept }]) => (kept ? [[guid, kept.aor] as const] : [])))
  }

  /** While a sweep runs: who claims the same address as somebody else is not known before its end. */
  hold(): void {
    this.#isHeld = true
  }

  goOn(): void {
    this.#isHeld = false
    this.#tellSome()
  }

  /** How many are accounts here. */
  get accountsCount(): number {
    return [...this.#rows.values()].filter(({ kept }) => kept !== null).length
  }

  /** The follower's word: `user` null where nothing is seen of him but that he is gone, or has expired. */
  onChange(guid: string, user: DirectoryUser | null, against: readonly string[]): void {
    const row = this.#rowOf(guid)
    row.against = against
    const isGone = user === null && against.includes('deleted')
    this.#see(guid, row, isGone ? null : (user ?? row.user))
  }

  /**
   * A catalog's word of somebody who is not followed yet. Of others the follower knows better: catalogs are behind each
   * other. Resolves when the account is as it should be: its address, or why there is none.
   */
  async take(user: DirectoryUser, denied: readonly string[]): Promise<TakenUser> {
    const { guid } = user
    const row = this.#rowOf(guid)
    if (row.user === null) {
      row.against = [...new Set([...row.against, ...denied, ...switchesAgainst(user)])]
      this.#see(guid, row, user)
    } else if (this.#awaited.delete(guid)) this.#consider(guid)
    // A catalog has looked for others with this address itself.
    if (this.#isHeld && row.wanted !== null && !row.isTold) void this.#tell(row, row.wanted)
    if (row.wanted !== null) await new Promise<void>((resolve) => row.waiters.push(resolve))
    if (row.kept === null) return this.#noAccount(guid, row)
    const { aor, facts } = row.kept
    return facts.against.length === 0 ? { aor } : { no: facts.against.join(', '), isForNow: false }
  }

  #noAccount(guid: string, row: Row): TakenUser {
    const no = row.against.join(', ')
    if (no !== '') return { no, isForNow: false }
    if (this.#rules.groupsOf(guid) === null) return { no: 'his groups are not known yet', isForNow: true }
    if (row.user !== null && this.#rules.homeOf(row.user) === 'unread') {
      return { no: 'the homes were not read from the directory yet', isForNow: true }
    }
    return { no: row.complaint || 'he is at home elsewhere', isForNow: this.#awaited.has(guid) }
  }

  /** Those whom an administrator wants to have elsewhere: the attribute was changed. */
  requestedMoves(): readonly { readonly aor: Aor; readonly to: string }[] {
    return [...this.#moves.values()]
  }

  /** He was moved away: what the directory says of him is another server's to follow. */
  left(aor: Aor): void {
    for (const [guid, row] of this.#rows) {
      if (row.kept?.aor !== aor) continue
      row.kept = null
      row.wanted = null
      this.#moves.delete(guid)
      this.#release(row)
    }
  }

  /** He was moved here, with what had been said of him. */
  arrived(aor: Aor, facts: DirectoryUserFacts): void {
    const row = this.#rowOf(facts.guid)
    row.kept = { aor, facts }
    this.#consider(facts.guid)
  }

  /** Those whom another home had when it was asked last. */
  askAgain(): void {
    const awaited = [...this.#awaited]
    this.#awaited.clear()
    for (const guid of awaited) this.#consider(guid)
  }

  /** Homes, domains or what is known of groups have changed: all are looked at again. */
  lookAgain(): void {
    for (const guid of this.#rows.keys()) this.#consider(guid)
  }

  onTimer(): void {
    for (const row of this.#late) this.#waiting.add(row)
    this.#late.clear()
    this.#tellSome()
  }

  #rowOf(guid: string): Row {
    const known = this.#rows.get(guid)
    if (known) return known
    const row = { user: null, against: [], kept: null, wanted: null, isTold: false, complaint: '', waiters: [] }
    this.#rows.set(guid, row)
    return row
  }

  #see(guid: string, row: Row, user: DirectoryUser | null): void {
    const before = row.user
    row.user = user
    for (const other of this.#claims.change(guid, before, user)) if (other !== guid) this.#consider(other)
    this.#consider(guid)
  }

  #consider(guid: string): void {
    const row = this.#rows.get(guid)
    if (!row) return
    const should = this.#shouldBe(guid, row)
    const isRight = should === null || (row.kept !== null && isSameSaid(row.kept.facts, should.facts))
    row.wanted = isRight ? null : should
    if (row.wanted === null) return this.#release(row)
    this.#waiting.add(row)
    this.#tellSome()
  }

  /** Null: nothing is to be told of him here. */
  #shouldBe(guid: string, row: Row): Row['wanted'] {
    const { user, kept, against } = row
    if (user === null || user.aor === null) return kept && { aor: kept.aor, facts: { ...kept.facts, against } }
    const rivals = this.#claims.rivals(user.aor)
    const isRivalled = rivals.length > 1
    if (isRivalled)
      this.#complain(row, user.aor, 'directory.duplicate-address', `${rivals.length} have it as their own`)
    const all = isRivalled ? [...against, 'duplicate-address'] : against
    // Whoever may do nothing and was never here needs no account.
    if (kept === null && (all.length > 0 || this.#rules.groupsOf(guid) === null)) return null
    const home = this.#homeNow(guid, row, user)
    if (home === null) return null
    // Renamed users keep their data, which stands under the first address; the new one is another name of it.
    const aor = kept?.aor ?? user.aor
    const domains = this.#rules.domains()
    const names = new Set<Aor>([user.aor, ...user.aliases])
    const aliases = [...names].filter(
      (name) => name !== aor && domains.includes(aorDomain(name)) && this.#claims.isOwn(guid, name),
    )
    if (!domains.includes(aorDomain(aor))) return null
    const { dn, displayName } = user
    return { aor, facts: { guid, dn, displayName, aliases: aliases.sort(), against: [...all].sort(), home } }
  }

  /**
   * What is kept as named by the directory; null: he is none of ours. An account stays where it is: another home than
   * before is a request to move it. One that was named before he came here is only behind.
   */
  #homeNow(guid: string, row: Row, user: DirectoryUser): string | null {
    const { kept } = row
    const home = this.#rules.homeOf(user)
    const aor = user.aor as Aor
    this.#moves.delete(guid)
    if (home === 'here') return this.#rules.ownName
    if (home === 'unread') return kept?.facts.home ?? null
    if ('nowhere' in home) this.#complain(row, aor, 'directory.no-home', home.nowhere)
    else if (kept && kept.facts.home === home.server) {
      this.#complain(row, kept.aor, 'directory.home-behind', `it still names ${home.server}`)
    } else if (kept) {
      this.#complain(row, kept.aor, 'directory.move-asked', `its home is to be ${home.server}`)
      this.#moves.set(guid, { aor: kept.aor, to: home.server })
    }
    return kept?.facts.home ?? null
  }

  #complain(row: Row, aor: Aor, event: string, detail: string): void {
    const complaint = `${event}: ${detail}`
    if (row.complaint === complaint) return
    row.complaint = complaint
    this.#ports.log.write('warn', event, { aor, dn: row.user?.dn ?? row.kept?.facts.dn ?? '', detail })
    this.#ports.audit(event, aor, `${row.user?.dn ?? ''}: ${detail}`)
  }

  #tellSome(): void {
    if (this.#isHeld) return
    for (const row of this.#waiting) {
      if (this.#underWay >= toldAtOnce) return
      this.#waiting.delete(row)
      if (!row.isTold && row.wanted !== null) void this.#tell(row, row.wanted)
    }
  }

  async #tell(row: Row, wanted: NonNullable<Row['wanted']>): Promise<void> {
    const { aor, facts } = wanted
    const groups = this.#rules.groupsOf(facts.guid) ?? []
    row.isTold = true
    this.#underWay++
    if (row.kept === null && row.user !== null && (await this.#isElsewhere(row, row.user))) {
      this.#underWay--
      row.isTold = false
      row.wanted = null
      this.#release(row)
      return this.#tellSome()
    }
    const reply = await this.#ports.act(aor, { act: 'put-directory', facts, groups })
    this.#underWay--
    row.isTold = false
    if (reply.ok) this.#told(row, wanted)
    else if (reply.error === 'unavailable') this.#tellLater(row)
    else {
      if (reply.error === 'exists') this.#complain(row, aor, 'directory.address-taken', reply.message)
      if (row.wanted === wanted) row.wanted = null
    }
    if (row.wanted === null) this.#release(row)
    else if (!this.#late.has(row)) this.#waiting.add(row)
    this.#tellSome()
  }

  /** Two homes must not have him: while another one has, it is the one to give him away. */
  async #isElsewhere(row: Row, user: DirectoryUser): Promise<boolean> {
    const other = await this.#ports.otherHome(user)
    if (other === null || row.kept !== null) return false
    const words = other === 'unsure' ? 'a home that may have him does not answer' : `${other} still has him`
    this.#complain(row, user.aor as Aor, 'directory.home-awaited', words)
    this.#awaited.add(user.guid)
    return true
  }

  #told(row: Row, wanted: NonNullable<Row['wanted']>): void {
    const { aor, facts } = wanted
    const before = row.kept?.facts.against ?? []
    if (String(before) !== String(facts.against) && (row.kept !== null || facts.against.length > 0)) {
      const words = facts.against.join(', ') || 'nothing is against it any more'
      this.#ports.log.write('info', 'directory.user-changed', { aor, against: words })
      this.#ports.audit(facts.against.length > 0 ? 'directory.user-denied' : 'directory.user-allowed', aor, words)
    }
    row.kept = wanted
    if (row.wanted === wanted) row.wanted = null
  }

  #tellLater(row: Row): void {
    if (this.#late.size === 0) this.#ports.timers.set(retryMs, this, 0)
    this.#late.add(row)
  }

  #release(row: Row): void {
    for (const waiter of row.waiters.splice(0)) waiter()
  }
}
