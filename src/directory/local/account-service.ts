/**
 * The local directory at a shard: accounts and their secrets in memory, and an administrator's acts on them. Whatever
 * ends an epoch is told to every edge when it is durable, and flows of the old epoch die there.
 */
import type { AdminReply, AdminRequest, DeviceSummary } from '../../ports/admin.ts'
import type { AdminMessage, AliasMessage, BusMessage, EpochMessage } from '../../ports/bus.ts'
import type { Account, DigestSecrets } from '../../ports/directory.ts'
import { accountKey, accountRecord } from '../../ports/records/account.ts'
import { aliasKey, aliasRecord } from '../../ports/records/alias.ts'
import { credentialKey, credentialRecord } from '../../ports/records/credential.ts'
import type { SecretBox } from '../../ports/secret-box.ts'
import type { Accounts, KnownAccount, Service, ShardHost, Unit } from '../../shard/index.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import { accountWrites, changedGroups, firstEpoch, openSecrets } from './account-records.ts'

/** What other services know of a user, for `user show`, and what they do when he is removed. */
export interface UserParts {
  devices(aor: Aor): readonly DeviceSummary[]
  mailboxMessages(aor: Aor): number
  /** The account's epoch was raised. */
  cutOff(unit: Unit, aor: Aor): void
  removeUser(unit: Unit, aor: Aor): void
  /**
   * The account is in other groups from this unit on. `done` runs in a later unit, when whatever hangs on groups has
   * followed; `unconfirmed` are the workers that did not say so in time, null if the change was not kept.
   */
  groupsChanged(unit: Unit, account: Account, done: (unit: Unit, unconfirmed: readonly number[] | null) => void): void
}

interface Entry {
  account: Account
  secrets: DigestSecrets | null
  readonly epochFromMs: number
}

const notKept: AdminReply = { ok: false, error: 'unavailable', message: 'the store did not take the change' }

export class AccountService implements Service, Accounts {
  readonly name = 'accounts'
  readonly methods: readonly string[] = []
  readonly kinds = ['admin', 'alias'] as const
  readonly records = [accountRecord.name, aliasRecord.name, credentialRecord.name]
  readonly rfcs: readonly string[] = []

  readonly #host: ShardHost
  readonly #box: SecretBox
  readonly #entries = new Map<Aor, Entry>()
  readonly #secretsBeforeAccount = new Map<Aor, DigestSecrets>()
  readonly #aliases = new Map<Aor, Aor>()
  #parts: UserParts | null = null

  constructor(host: ShardHost, box: SecretBox) {
    this.#host = host
    this.#box = box
  }

  /** Wired after the other services exist. */
  serve(parts: UserParts): void {
    this.#parts = parts
  }

  /** Closed to all when the credential cannot be read: never open by default. */
  find(aor: Aor): KnownAccount | null {
    const entry = this.#entries.get(aor)
    return entry?.secrets ? { ...entry, secrets: entry.secrets } : null
  }

  aliasOf(aor: Aor): Aor | null {
    // An account of its own always wins over another's claim to its name.
    return this.#entries.has(aor) ? null : (this.#aliases.get(aor) ?? null)
  }

  onMessage(unit: Unit, message: BusMessage): void {
    if (message.kind === 'alias') this.#onAlias(unit, message)
    else if (message.kind === 'admin') this.#onAdmin(unit, message)
  }

  load(aor: Aor, kind: string, _key: string, value: Uint8Array): string | null {
    switch (kind) {
      case accountRecord.name:
        return this.#loadAccount(aor, value)
      case aliasRecord.name: {
        const decoded = aliasRecord.decode(value)
        if (decoded.ok) this.#aliases.set(aor, decoded.value.mainAor)
        return decoded.ok ? null : decoded.reason
      }
      default:
        return this.#loadSecrets(aor, value)
    }
  }

  /** A predecessor that died between a flush and the news of it left edges that still trust an earlier epoch. */
  onLoaded(): void {
    if (this.#host.incarnation === 1) return
    this.#host.run({ who: '', what: 'epochs', hash: '' }, (unit) => {
      for (const { account } of this.#entries.values()) this.#tellEpoch(unit, account)
    })
  }

  forget(aor: Aor): void {
    this.#entries.delete(aor)
    this.#aliases.delete(aor)
    this.#secretsBeforeAccount.delete(aor)
  }

  #loadAccount(aor: Aor, value: Uint8Array): string | null {
    const decoded = accountRecord.decode(value)
    if (!decoded.ok) return decoded.reason
    const secrets = this.#secretsBeforeAccount.get(aor) ?? null
    this.#entries.set(aor, { account: decoded.value, secrets, epochFromMs: 0 })
    return null
  }

  /** Records come in key order: `account` before `credential`; the map is for an order that may change one day. */
  #loadSecrets(aor: Aor, value: Uint8Array): string | null {
    const secrets = openSecrets(value, this.#box)
    if (!secrets) return 'not sealed with the key of this data folder'
    const entry = this.#entries.get(aor)
    if (entry) entry.secrets = secrets
    else this.#secretsBeforeAccount.set(aor, secrets)
    return null
  }

  #onAlias(unit: Unit, { aor, mainAor }: AliasMessage): void {
    unit.change(() => {
      if (mainAor) this.#aliases.set(aor, mainAor)
      else this.#aliases.delete(aor)
    })
  }

  #onAdmin(unit: Unit, message: AdminMessage): void {
    const { aor, act } = message
    const main = this.#aliases.get(aor)
    if (main && act.act !== 'add') return unit.send(this.#host.shardOf(main), { ...message, aor: main })
    const entry = this.#entries.get(aor)
    unit.touch(aor)
    if (act.act === 'add') return this.#add(unit, message, act)
    if (!entry) return this.#refuse(unit, message, 'not-found', `${aor} is no user of this server`)
    const { account } = entry
    const epoch = account.epoch + 1
    switch (act.act) {
      case 'show':
        return this.#done(unit, message, account)
      case 'set-disabled':
        return this.#put(unit, message, { ...account, disabled: act.disabled, epoch }, entry.secrets, false)
      case 'set-password':
        return this.#put(unit, message, { ...account, epoch }, act.secrets, true)
      case 'change-groups':
        return this.#changeGroups(unit, message, entry, changedGroups(account.groups, act))
      case 'remove':
        return this.#remove(unit, message, { ...account, epoch })
    }
  }

  #add(unit: Unit, message: AdminMessage, act: AdminRequest & { act: 'add' }): void {
    const { aor } = message
    const taken = this.#entries.has(aor) ? `${aor} is a user already` : this.#aliases.get(aor)
    if (taken)
      return this.#refuse(
        unit,
        message,
        'exists',
        taken === this.#aliases.get(aor) ? `${aor} is another name of ${taken}` : taken,
      )
    const { displayName, aliases, groups, disabled, secrets } = act
    const createdMs = this.#host.clock.systemMs()
    const account = { aor, aliases, displayName, groups, disabled, epoch: firstEpoch(createdMs), createdMs }
    for (const alias of aliases) this.#tellAlias(unit, alias, aor)
    this.#put(unit, message, account, secrets, true)
  }

  #put(unit: Unit, message: AdminMessage, account: Account, secrets: DigestSecrets | null, newSecrets: boolean): void {
    const { aor } = account
    for (const { key, value } of accountWrites(account, newSecrets ? secrets : null, this.#box))
      unit.write(aor, key, value)
    const epochFromMs = this.#host.clock.wallMs()
    unit.change(() => this.#entries.set(aor, { account, secrets, epochFromMs }))
    this.#raise(unit, account)
    this.#done(unit, message, account)
  }

  /** Groups are rights and no identity: flows and nonces go on. */
  #changeGroups(unit: Unit, message: AdminMessage, entry: Entry, groups: readonly string[]): void {
    const { aor } = entry.account
    const account = { ...entry.account, groups }
    if (!this.#parts || String(groups) === String(entry.account.groups)) return this.#done(unit, message, account)
    unit.write(aor, accountKey(aor), accountRecord.encode(account))
    unit.change(() => this.#entries.set(aor, { ...entry, account }))
    this.#parts.groupsChanged(unit, account, (next, unconfirmed) => {
      next.touch(aor)
      if (unconfirmed) this.#done(next, message, account, unconfirmed)
      else this.#reply(next, message, notKept)
    })
  }

  #remove(unit: Unit, message: AdminMessage, account: Account): void {
    const { aor } = account
    unit.write(aor, accountKey(aor), null)
    unit.write(aor, credentialKey(aor), null)
    for (const alias of account.aliases) {
      unit.write(aor, aliasKey(alias), null)
      this.#tellAlias(unit, alias, null)
    }
    this.#parts?.removeUser(unit, aor)
    unit.change(() => this.#entries.delete(aor))
    this.#raise(unit, account)
    this.#done(unit, message, account)
  }

  /** Flows of earlier epochs die at every edge, once the new epoch is durable. */
  #raise(unit: Unit, account: Account): void {
    this.#parts?.cutOff(unit, account.aor)
    this.#tellEpoch(unit, account)
  }

  #tellEpoch(unit: Unit, { aor, epoch }: Account): void {
    const message: EpochMessage = { kind: 'epoch', aor, epoch }
    this.#host.toEveryEdge(unit, message)
  }

  #tellAlias(unit: Unit, alias: Aor, mainAor: Aor | null): void {
    unit.sendFlushed(this.#host.shardOf(alias), { kind: 'alias', aor: alias, mainAor }, null)
  }

  #done(unit: Unit, message: AdminMessage, account: Account, unconfirmed: readonly number[] = []): void {
    const devices = this.#parts?.devices(account.aor) ?? []
    const mailboxMessages = this.#parts?.mailboxMessages(account.aor) ?? 0
    this.#reply(unit, message, { ok: true, account, devices, mailboxMessages, unconfirmed })
  }

  #refuse(unit: Unit, message: AdminMessage, error: 'exists' | 'not-found', text: string): void {
    this.#reply(unit, message, { ok: false, error, message: text })
  }

  #reply(unit: Unit, message: AdminMessage, reply: AdminReply): void {
    const to = message.from
    unit.sendFlushed(to.worker, { kind: 'admin-reply', to, reply }, { kind: 'admin-reply', to, reply: notKept })
  }
}
