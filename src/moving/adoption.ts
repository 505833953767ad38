/**
 * A dead home is replaced: this server becomes a user's home although nobody has given him away, by an administrator's
 * word and with an epoch above all that the dead home can have. What was copied of him before is used where there is
 * such a copy; else he begins with an account alone.
 */
import type { Account } from '../ports/directory.ts'
import type { MoveAskMessage, MoveRefusal, MoveRequest } from '../ports/move-bus.ts'
import { accountKey, accountRecord } from '../ports/records/account.ts'
import { credentialKey, credentialRecord } from '../ports/records/credential.ts'
import { type HomeRecord, homeKey, homeRecord } from '../ports/records/home.ts'
import { userRange } from '../ports/records/keys.ts'
import type { StoreKey } from '../ports/store.ts'
import type { Home } from '../ports/topology.ts'
import type { Aor } from '../sip/uri/aor.ts'
import type { Arrival } from './arrival.ts'
import { adoptionStep } from './limits.ts'
import { hearOfFlush, type MovePorts, refusing, run } from './move-ports.ts'

export type AdoptRequest = MoveRequest & { readonly act: 'adopt' }

export class Adoption {
  readonly message: MoveAskMessage
  readonly aor: Aor
  readonly #act: AdoptRequest
  readonly #ports: MovePorts
  readonly #arrivalOf: (aor: Aor) => Arrival | null
  #record: HomeRecord | null = null

  /** `arrivalOf`: what was copied of him before. */
  constructor(ports: MovePorts, arrivalOf: (aor: Aor) => Arrival | null, message: MoveAskMessage, act: AdoptRequest) {
    this.#ports = ports
    this.#arrivalOf = arrivalOf
    this.message = message
    this.aor = message.aor
    this.#act = act
  }

  /** Null: nothing has been handed to the store. */
  get record(): HomeRecord | null {
    return this.#record
  }

  /** `onRefused`: nothing was changed. Else its batch ends, or the arrival owns him. */
  begin(onRefused: (refusal: MoveRefusal) => void): void {
    const { accounts, book, elsewhere } = this.#ports
    const { aor } = this
    const known = accounts.find(aor)
    if (known) {
      if (!book.isContested(aor)) return onRefused(refusing('conflict', `${aor} is a user of this server already`))
      return this.#claim(known.account)
    }
    elsewhere.findAnew(aor, (home) => {
      const refusal = this.#refusal(home)
      if (refusal) onRefused(refusal)
      else this.#adopt()
    })
  }

  /** Null: go on. */
  #refusal(home: Home): MoveRefusal | null {
    const { aor } = this
    if (home === 'nobody' && !this.#arrivalOf(aor)) {
      return refusing(
        'not-found',
        `no home has a user ${aor}, and all of them have answered: use \`meridian user add\``,
      )
    }
    if (typeof home === 'object') {
      return refusing('conflict', `${home.server}, the home of ${aor}, is alive: use \`meridian user move\``)
    }
    if (this.#arrivalOf(aor) || this.#act.secrets) return null
    return refusing('invalid', `nothing of ${aor} was copied here, so he needs a password`)
  }

  #adopt(): void {
    const { host, book } = this.#ports
    const arrival = this.#arrivalOf(this.aor)
    const epoch = Math.max(book.epochOf(this.aor), arrival?.head.epoch ?? 0) + adoptionStep
    if (arrival) return void arrival.own({ epoch, move: '' })
    const { aor } = this
    const { displayName, secrets } = this.#act
    const createdMs = host.clock.systemMs()
    // Above every epoch of the account that flows and nonces of the dead home can have.
    const account: Account = {
      aor,
      aliases: [],
      displayName,
      groups: [],
      disabled: false,
      epoch: Math.max(1, Math.floor(createdMs)),
      createdMs,
    }
    const left: StoreKey[] = []
    void host.travellers
      .read(userRange(aor), (key) => void left.push(key))
      .then(() => {
        this.#write(account, epoch, left, secrets)
        host.travellers.handOver()
      })
  }

  /** He is here, and another home says the same: this one is right. */
  #claim(account: Account): void {
    const epoch = this.#ports.book.epochOf(account.aor) + adoptionStep
    this.#write(account, epoch, [], null)
  }

  #write(account: Account, epoch: number, left: readonly StoreKey[], secrets: AdoptRequest['secrets']): void {
    const { host, box, elsewhere } = this.#ports
    const { aor, aliases: names } = account
    const server = elsewhere.ownName
    const atMs = host.clock.systemMs()
    const record: HomeRecord = { aor, names, state: 'owned', server, epoch, move: '', isOver: true, atMs }
    this.#record = record
    run(this.#ports, aor, 'adopt', (unit) => {
      for (const key of left) unit.write(aor, key, null)
      unit.write(aor, homeKey(aor), homeRecord.encode(record))
      if (secrets) {
        const seal = (text: string) => box.seal(Buffer.from(text, 'latin1'))
        const credential = { ha1Md5: seal(secrets.md5), ha1Sha256: seal(secrets.sha256) }
        unit.write(aor, accountKey(aor), accountRecord.encode(account))
        unit.write(aor, credentialKey(aor), credentialRecord.encode(credential))
      }
      hearOfFlush(this.#ports, unit, record, epoch)
    })
  }
}
