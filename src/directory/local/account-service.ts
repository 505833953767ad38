/**
 * The local directory at a shard: accounts and their secrets in memory, and an administrator's acts on them. Whatever
 * ends an epoch is told to every edge when it is durable, and flows of the old epoch die there.
 */
import type { AdminRefusal, AdminReply, AdminRequest, DeviceSummary } from '../../ports/admin.ts'
import type { AdminMessage, AliasMessage, BusMessage, EpochMessage } from '../../ports/bus.ts'
import type { Account, DigestSecrets } from '../../ports/directory.ts'
import { accountKey, accountRecord } from '../../ports/records/account.ts'
import { aliasKey, aliasRecord } from '../../ports/records/alias.ts'
import { credentialKey, credentialRecord } from '../../ports/records/credential.ts'
import { deviceCredentialKey, deviceCredentialRecord } from '../../ports/records/device-credential.ts'
import { directoryUserKey, directoryUserRecord } from '../../ports/records/directory-user.ts'
import type { SecretBox } from '../../ports/secret-box.ts'
import type { Accounts, KnownAccount, Service, ShardHost, Unit } from '../../shard/index.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import { deviceUserName } from '../device-name.ts'
import {
  type AccountEntry,
  type AccountParts,
  accountEntry,
  isOpen,
  withDevice,
  withoutDevice,
} from './account-entry.ts'
import {
  accountWrites,
  changedGroups,
  deviceCredentialWrite,
  firstEpoch,
  openDeviceCredential,
  openSecrets,
} from './account-records.ts'
import { directoryChange } from './directory-account.ts'

/** What other services know of a user, for `user show`, and what they do when he is removed. */
export interface UserParts {
  devices(aor: Aor): readonly DeviceSummary[]
  mailboxMessages(aor: Aor): number
  /** The account's epoch was raised. */
  cutOff(unit: Unit, aor: Aor): void
  /** Ends the registration of a device, or all (null). False: no device of this key is signed in. */
  signOut(unit: Unit, aor: Aor, deviceKey: string | null): boolean
  removeUser(unit: Unit, aor: Aor): void
  /**
   * The account is in other groups from this unit on. `done` runs in a later unit, when whatever hangs on groups has
   * followed; `unconfirmed` are the workers that did not say so in time, null if the change was not kept.
   */
  groupsChanged(unit: Unit, account: Account, done: (unit: Unit, unconfirmed: readonly number[] | null) => void): void
  /** He was moved to that home, by any of his names; null: he was not. */
  movedTo(aor: Aor): string | null
}

/** A person has a handful; more are somebody's loop. */
const devicesPerAccountMax = 50

const wronglySealed = 'not sealed with the key of this data folder'
const notKept: AdminReply = { ok: false, error: 'unavailable', message: 'the store did not take the change' }

export class AccountService implements Service, Accounts {
  readonly name = 'accounts'
  readonly methods: readonly string[] = []
  readonly kinds = ['admin', 'alias', 'directory-answer'] as const
  readonly records = [accountRecord, aliasRecord, credentialRecord, deviceCredentialRecord, directoryUserRecord].map(
    ({ name }) => name,
  )
  readonly rfcs: readonly string[] = []

  readonly #host: ShardHost
  readonly #box: SecretBox
  readonly #entries = new Map<Aor, AccountEntry>()
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

  find(aor: Aor): KnownAccount | null {
    const entry = this.#entries.get(aor)
    return entry && isOpen(entry) ? entry : null
  }

  aliasOf(aor: Aor): Aor | null {
    // An account of its own always wins over another's claim to its name.
    return this.#entries.has(aor) ? null : (this.#aliases.get(aor) ?? null)
  }

  onMessage(unit: Unit, message: BusMessage): void {
    if (message.kind === 'alias') this.#onAlias(unit, message)
    else if (message.kind === 'admin') this.#onAdmin(unit, message)
    else if (message.kind === 'directory-answer' && message.mainAor !== null && message.mainAor !== message.aor) {
      const { aor, mainAor } = message
      unit.change(() => this.#aliases.set(aor, mainAor))
    }
  }

  /** Records come in key order: the account before all else of it. What belongs to none is nothing. */
  load(aor: Aor, kind: string, _key: string, value: Uint8Array): string | null {
    switch (kind) {
      case accountRecord.name:
        return this.#loadAccount(aor, value)
      case aliasRecord.name: {
        const decoded = aliasRecord.decode(value)
        if (decoded.ok) this.#aliases.set(aor, decoded.value.mainAor)
        return decoded.ok ? null : decoded.reason
      }
      case directoryUserRecord.name: {
        const decoded = directoryUserRecord.decode(value)
        if (decoded.ok) this.#amend(aor, { directory: decoded.value })
        return decoded.ok ? null : decoded.reason
      }
      case deviceCredentialRecord.name: {
        const device = openDeviceCredential(value, this.#box)
        const entry = this.#entries.get(aor)
        if (device && entry) this.#amend(aor, { devices: withDevice(entry.devices, device) })
        return device ? null : wronglySealed
      }
      default: {
        const password = openSecrets(value, this.#box)
        if (password) this.#amend(aor, { password })
        return password ? null : wronglySealed
      }
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
  }

  #loadAccount(aor: Aor, value: Uint8Array): string | null {
    const decoded = accountRecord.decode(value)
    if (!decoded.ok) return decoded.reason
    const account = decoded.value
    this.#entries.set(aor, accountEntry({ account, password: null, devices: [], directory: null, epochFromMs: 0 }))
    return null
  }

  #amend(aor: Aor, change: Partial<AccountParts>): void {
    const entry = this.#entries.get(aor)
    if (entry) this.#entries.set(aor, accountEntry({ ...entry, ...change }))
  }

  #onAlias(unit: Unit, { aor, mainAor }: AliasMessage): void {
    unit.change(() => {
      if (mainAor) this.#aliases.set(aor, mainAor)
      else this.#aliases.delete(aor)
    })
  }

  #onAdmin(unit: Unit, message: AdminMessage): void {
    const { aor, act } = message
    const main = this.aliasOf(aor)
    // An account of its own wins over another's claim to its name.
    const isOwn = act.act === 'add' || act.act === 'put-directory'
    if (main && !isOwn) return unit.send(this.#host.shardOf(main), { ...message, aor: main })
    const entry = this.#entries.get(aor)
    unit.touch(aor)
    const home = entry ? null : (this.#parts?.movedTo(aor) ?? null)
    if (home) {
      const error = act.act === 'add' ? 'exists' : 'not-found'
      return this.#refuse(unit, message, error, `the home of ${aor} is ${home} now`)
    }
    if (act.act === 'add') return this.#add(unit, message, act)
    if (act.act === 'put-directory') return this.#putDirectory(unit, message, entry ?? null, act)
    if (!entry) return this.#refuse(unit, message, 'not-found', `${aor} is no user of this server`)
    if (entry.directory !== null && (act.act === 'set-disabled' || act.act === 'set-password')) {
      return this.#refuse(unit, message, 'invalid', `${aor} is a user of Active Directory: change it there`)
    }
    const { account } = entry
    const raised = { ...account, epoch: account.epoch + 1 }
    switch (act.act) {
      case 'show':
        return this.#done(unit, message, entry)
      case 'set-disabled':
        return this.#put(unit, message, { ...entry, account: { ...raised, disabled: act.disabled } })
      case 'set-password':
        return this.#put(unit, message, { ...entry, account: raised, password: act.secrets }, act.secrets)
      case 'set-display-name':
        return this.#rename(unit, message, entry, act.displayName)
      case 'sign-out':
        return this.#signOut(unit, message, { ...entry, account: raised }, act.deviceKey)
      case 'change-groups':
        return this.#changeGroups(unit, message, entry, changedGroups(account.groups, act))
      case 'remove':
        return this.#remove(unit, message, { ...entry, account: raised })
      case 'put-device':
        return this.#putDevice(unit, message, entry, act)
      case 'remove-device':
        return this.#removeDevice(unit, message, { ...entry, account: raised }, act.device)
      case 'prove':
        return this.#prove(unit, message, entry, act.secrets)
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
    const parts = { account, password: secrets, devices: [], directory: null, epochFromMs: 0 }
    this.#put(unit, message, parts, secrets)
  }

  /** `newSecrets`: of a password that is to be written too. */
  #put(unit: Unit, message: AdminMessage, parts: AccountParts, newSecrets: DigestSecrets | null = null): void {
    const { account } = parts
    for (const { key, value } of accountWrites(account, newSecrets, this.#box)) unit.write(account.aor, key, value)
    this.#raise(unit, parts)
    this.#done(unit, message, parts)
  }

  #putDirectory(
    unit: Unit,
    message: AdminMessage,
    entry: AccountEntry | null,
    said: AdminRequest & { act: 'put-directory' },
  ): void {
    const { aor } = message
    const { facts } = said
    const change = directoryChange(aor, entry, said, this.#host.clock.systemMs())
    if (change.outcome === 'refused') return this.#refuse(unit, message, change.error, change.message)
    const { parts } = change
    if (change.outcome === 'same') return this.#done(unit, message, parts)
    this.#write(unit, parts.account)
    const record = { ...facts, saidMs: Math.floor(unit.nowMs) }
    unit.write(aor, directoryUserKey(aor), directoryUserRecord.encode(record))
    for (const alias of change.aliasesGone) unit.write(aor, aliasKey(alias), null)
    for (const alias of change.aliasesNew) unit.write(aor, aliasKey(alias), aliasRecord.encode({ mainAor: aor }))
    for (const alias of change.aliasesGone) this.#tellAlias(unit, alias, null)
    for (const alias of change.aliasesNew) this.#tellAlias(unit, alias, aor)
    if (change.isRaised) this.#raise(unit, parts)
    else this.#keep(unit, parts)
    this.#done(unit, message, parts)
  }

  #putDevice(
    unit: Unit,
    message: AdminMessage,
    entry: AccountEntry,
    { device, secrets }: AdminRequest & { act: 'put-device' },
  ): void {
    const { aor } = entry.account
    if (device === '' && entry.password !== null) {
      return this.#refuse(unit, message, 'invalid', `${deviceUserName(aor, '')} is the user name of the password`)
    }
    const isNew = !entry.devices.some((each) => each.device === device)
    if (isNew && entry.devices.length >= devicesPerAccountMax) {
      return this.#refuse(unit, message, 'invalid', `${aor} has ${devicesPerAccountMax} devices: revoke one first`)
    }
    const added = { device, secrets, createdMs: this.#host.clock.wallMs() }
    const write = deviceCredentialWrite(aor, added, this.#box)
    unit.write(aor, write.key, write.value)
    // Whoever had the earlier secret of this name has it no more; a new name takes nothing from anybody.
    const account = isNew ? entry.account : { ...entry.account, epoch: entry.account.epoch + 1 }
    const parts = { ...entry, account, devices: withDevice(entry.devices, added) }
    if (!isNew) return this.#put(unit, message, parts)
    this.#keep(unit, parts)
    this.#done(unit, message, parts)
  }

  #removeDevice(unit: Unit, message: AdminMessage, parts: AccountParts, device: string): void {
    const { aor } = parts.account
    if (!parts.devices.some((each) => each.device === device)) {
      return this.#refuse(unit, message, 'not-found', `${aor} has no device of the name "${device}"`)
    }
    unit.write(aor, deviceCredentialKey(aor, device), null)
    this.#put(unit, message, { ...parts, devices: withoutDevice(parts.devices, device) })
  }

  #prove(unit: Unit, message: AdminMessage, entry: AccountEntry, { md5, sha256 }: DigestSecrets): void {
    const { account, password } = entry
    // Digests of what was typed, so how far they agree tells nothing of the password.
    const isRight = password !== null && password.md5 === md5 && password.sha256 === sha256
    if (isRight && !account.disabled) return this.#done(unit, message, entry)
    this.#refuse(unit, message, 'not-found', isRight ? `${account.aor} is disabled` : 'the password is wrong')
  }

  #rename(unit: Unit, message: AdminMessage, entry: AccountEntry, displayName: string): void {
    const parts = { ...entry, account: { ...entry.account, displayName } }
    this.#write(unit, parts.account)
    this.#keep(unit, parts)
    this.#done(unit, message, parts)
  }

  /** All devices: a new epoch, so that their connections end too. */
  #signOut(unit: Unit, message: AdminMessage, raised: AccountParts, deviceKey: string | null): void {
    const { aor } = raised.account
    const isKnown = this.#parts?.signOut(unit, aor, deviceKey) ?? false
    if (deviceKey === null) return this.#put(unit, message, raised)
    if (isKnown) return this.#done(unit, message, this.#entries.get(aor)!)
    this.#refuse(unit, message, 'not-found', `no device of ${aor} with the key ${deviceKey} is signed in`)
  }

  /** Groups are rights and no identity: flows and nonces go on. */
  #changeGroups(unit: Unit, message: AdminMessage, entry: AccountEntry, groups: readonly string[]): void {
    const account = { ...entry.account, groups }
    const parts = { ...entry, account }
    if (!this.#parts || String(groups) === String(entry.account.groups)) return this.#done(unit, message, parts)
    this.#write(unit, account)
    this.#keep(unit, parts)
    this.#parts.groupsChanged(unit, account, (next, unconfirmed) => {
      next.touch(account.aor)
      if (unconfirmed) this.#done(next, message, parts, unconfirmed)
      else this.#reply(next, message, notKept)
    })
  }

  #remove(unit: Unit, message: AdminMessage, parts: AccountParts): void {
    const { account, devices, directory } = parts
    const { aor } = account
    unit.write(aor, accountKey(aor), null)
    unit.write(aor, credentialKey(aor), null)
    for (const { device } of devices) unit.write(aor, deviceCredentialKey(aor, device), null)
    if (directory) unit.write(aor, directoryUserKey(aor), null)
    for (const alias of account.aliases) {
      unit.write(aor, aliasKey(alias), null)
      this.#tellAlias(unit, alias, null)
    }
    this.#parts?.removeUser(unit, aor)
    unit.change(() => this.#entries.delete(aor))
    this.#cutOff(unit, account)
    this.#done(unit, message, { ...parts, devices: [] })
  }

  #raise(unit: Unit, parts: AccountParts): void {
    this.#keep(unit, { ...parts, epochFromMs: this.#host.clock.wallMs() })
    this.#cutOff(unit, parts.account)
  }

  /** The record of the account itself alone; who wants its aliases too takes `accountWrites`. */
  #write(unit: Unit, account: Account): void {
    unit.write(account.aor, accountKey(account.aor), accountRecord.encode(account))
  }

  #keep(unit: Unit, parts: AccountParts): void {
    const entry = accountEntry(parts)
    unit.change(() => this.#entries.set(entry.account.aor, entry))
  }

  /** Flows of earlier epochs die at every edge, once the new epoch is durable. */
  #cutOff(unit: Unit, account: Account): void {
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

  #done(unit: Unit, message: AdminMessage, parts: AccountParts, unconfirmed: readonly number[] = []): void {
    const { account, directory } = parts
    const { aor } = account
    const credentials = parts.devices.map(({ device, createdMs }) => {
      return { device, userName: deviceUserName(aor, device), createdMs }
    })
    const devices = this.#parts?.devices(aor) ?? []
    const mailboxMessages = this.#parts?.mailboxMessages(aor) ?? 0
    const reply = { ok: true, account, devices, credentials, directory, mailboxMessages, unconfirmed } as const
    this.#reply(unit, message, reply)
  }

  #refuse(unit: Unit, message: AdminMessage, error: AdminRefusal, text: string): void {
    this.#reply(unit, message, { ok: false, error, message: text })
  }

  #reply(unit: Unit, message: AdminMessage, reply: AdminReply): void {
    const to = message.from
    unit.sendFlushed(to.worker, { kind: 'admin-reply', to, reply }, { kind: 'admin-reply', to, reply: notKept })
  }
}
