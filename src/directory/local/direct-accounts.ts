/**
 * The accounts of a store that no server has open: the same acts as at a running shard (`account-service.ts`), each one
 * flushed batch. Fits the `AccountBook` of `src/admin/`.
 */
import type { AdminRefusal, AdminReply, AdminRequest } from '../../ports/admin.ts'
import type { Account, DigestSecrets } from '../../ports/directory.ts'
import { accountRecord } from '../../ports/records/account.ts'
import { aliasKey, aliasRecord } from '../../ports/records/alias.ts'
import { homeRecord, homesRange } from '../../ports/records/home.ts'
import { keyParts, userRange } from '../../ports/records/keys.ts'
import { mailboxMessageRecord } from '../../ports/records/mailbox-message.ts'
import { scanKind } from '../../ports/records/scan-kind.ts'
import type { SecretBox } from '../../ports/secret-box.ts'
import type { BatchOutcome, RecordWrite, Store } from '../../ports/store.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import { accountWrites, changedGroups, firstEpoch, readAccounts } from './account-records.ts'

export interface DirectAccountsPorts {
  readonly store: Store
  readonly box: SecretBox
  /** Milliseconds since 1970 of the system's clock. */
  readonly now: () => number
}

/** What one AOR's range says about it. */
interface Found {
  readonly account: Account | null
  /** The account that this AOR is another name of. */
  readonly mainAor: Aor | null
  readonly fault: string | null
  readonly keys: readonly string[]
  readonly mailboxMessages: number
}

export class DirectAccounts {
  readonly #store: Store
  readonly #box: SecretBox
  readonly #now: () => number
  readonly #waiting = new Map<number, (outcome: BatchOutcome) => void>()

  constructor({ store, box, now }: DirectAccountsPorts) {
    this.#store = store
    this.#box = box
    this.#now = now
    store.listen({ onBatch: (batch, outcome) => this.#onBatch(batch, outcome) })
  }

  list(): Promise<readonly Account[]> {
    return readAccounts(this.#store)
  }

  async act(aor: Aor, request: AdminRequest): Promise<AdminReply> {
    const found = await this.#find(aor)
    if (found.fault !== null) return refused('unavailable', `${aor}: the account cannot be read (${found.fault})`)
    if (request.act === 'add') return this.#add(aor, found, request)
    if (found.mainAor !== null) return this.act(found.mainAor, request)
    const { account } = found
    if (account === null) return refused('not-found', `${aor} is no user of this server`)
    switch (request.act) {
      case 'show':
        return done(account, found.mailboxMessages)
      case 'set-disabled':
        return this.#change({ ...account, disabled: request.disabled, epoch: account.epoch + 1 }, null)
      case 'set-password':
        return this.#change({ ...account, epoch: account.epoch + 1 }, request.secrets)
      case 'set-display-name':
        return this.#change({ ...account, displayName: request.displayName }, null)
      case 'sign-out':
        return refused('unavailable', 'the server does not run; devices are signed in only while it does')
      case 'change-groups':
        return this.#change({ ...account, groups: changedGroups(account.groups, request) }, null)
      case 'remove':
        return this.#remove(account, found.keys)
      default:
        return refused('unavailable', 'devices are made and revoked while the server runs; start it (`meridian serve`)')
    }
  }

  async #add(aor: Aor, found: Found, request: AdminRequest & { act: 'add' }): Promise<AdminReply> {
    const moved = await this.#movedAway()
    for (const name of [aor, ...request.aliases]) {
      const home = moved.get(name)
      if (home !== undefined) return refused('exists', `the home of ${name} is ${home} now`)
      const { account, mainAor } = name === aor ? found : await this.#find(name)
      if (account !== null) return refused('exists', `${name} is a user already`)
      if (mainAor !== null) return refused('exists', `${name} is another name of ${mainAor} already`)
    }
    const { displayName, aliases, groups, disabled, secrets } = request
    const createdMs = this.#now()
    const epoch = firstEpoch(createdMs)
    return this.#change({ aor, aliases, displayName, groups, disabled, epoch, createdMs }, secrets)
  }

  /** Users of other homes who were here before, by all of their names. */
  async #movedAway(): Promise<ReadonlyMap<Aor, string>> {
    const homes = new Map<Aor, string>()
    await scanKind(this.#store, homesRange, homeRecord, ({ aor, names, state, server }) => {
      if (state === 'moved') for (const name of [aor, ...names]) homes.set(name, server)
    })
    return homes
  }

  #change(account: Account, secrets: DigestSecrets | null): Promise<AdminReply> {
    return this.#commit(account, accountWrites(account, secrets, this.#box))
  }

  #remove(account: Account, keys: readonly string[]): Promise<AdminReply> {
    const gone = [...keys, ...account.aliases.map((alias) => aliasKey(alias))]
    return this.#commit(
      account,
      gone.map((key) => ({ key, value: null })),
    )
  }

  async #commit(account: Account, writes: readonly RecordWrite[]): Promise<AdminReply> {
    const outcome = await new Promise<BatchOutcome>((resolve) => {
      this.#waiting.set(this.#store.commit(writes), resolve)
    })
    return outcome.ok ? done(account, 0) : refused('unavailable', `the store did not take it: ${outcome.detail}`)
  }

  #onBatch(batch: number, outcome: BatchOutcome): void {
    this.#waiting.get(batch)?.(outcome)
    this.#waiting.delete(batch)
  }

  async #find(aor: Aor): Promise<Found> {
    let account: Account | null = null
    let mainAor: Aor | null = null
    let fault: string | null = null
    let mailboxMessages = 0
    const keys: string[] = []
    await this.#store.scan(userRange(aor), (key, value) => {
      keys.push(key)
      const { kind } = keyParts(key)
      if (kind === mailboxMessageRecord.name) mailboxMessages++
      if (kind !== accountRecord.name && kind !== aliasRecord.name) return
      const decoded = kind === accountRecord.name ? accountRecord.decode(value) : aliasRecord.decode(value)
      if (!decoded.ok) fault = decoded.reason
      else if ('mainAor' in decoded.value) mainAor = decoded.value.mainAor
      else account = decoded.value
    })
    return { account, mainAor, fault, keys, mailboxMessages }
  }
}

function done(account: Account, mailboxMessages: number): AdminReply {
  return { ok: true, account, devices: [], credentials: [], directory: null, mailboxMessages, unconfirmed: [] }
}

function refused(error: AdminRefusal, message: string): AdminReply {
  return { ok: false, error, message }
}
