/**
 * Finds the target set of requests that the edge forwards itself (RFC 3261 §16.5): sessions and every method that no
 * other service answers. At the sender's shard it asks the recipient's; there it reads the devices.
 */
import type { BusMessage, ForwardTarget, LocateMessage } from '../ports/bus.ts'
import { type MessagePolicy, partyOf } from '../ports/policy.ts'
import {
  type Accounts,
  type AuthenticatedRequest,
  makeAnswer,
  rejection,
  type Service,
  type ShardHost,
  type Unit,
} from '../shard/index.ts'
import { type Aor, aorDomain } from '../sip/uri/aor.ts'
import type { Device } from './device.ts'
import { addresseeOf, isGruu } from './gruu.ts'
import type { Registrar } from './registrar-service.ts'
import { streamsFirst } from './streams-first.ts'

const notFound = rejection({ status: 404, reason: 'Not Found', event: 'location.no-such-user' })
/** What the recipient’s policy says of the sender; as for a message, and in the same words. */
const forbidden = rejection({ status: 403, reason: 'Forbidden', event: 'location.forbidden' })
/** A dialog's request without our route: its dialog is unknown here (RFC 3261 §12.2.2). */
const noDialog = rejection({ status: 481, reason: 'Call/Transaction Does Not Exist', event: 'location.no-dialog' })

export class LocationService implements Service {
  readonly name = 'location'
  readonly methods = ['*']
  readonly kinds = ['locate'] as const
  readonly records: readonly string[] = []
  readonly rfcs = ['3261']

  readonly #host: ShardHost
  readonly #accounts: Accounts
  readonly #registrar: Registrar
  readonly #policy: MessagePolicy

  constructor(host: ShardHost, accounts: Accounts, registrar: Registrar, policy: MessagePolicy) {
    this.#host = host
    this.#accounts = accounts
    this.#registrar = registrar
    this.#policy = policy
  }

  onRequest(unit: Unit, { message, account, identity, unlessKnown }: AuthenticatedRequest): void {
    const { from, request, route } = message
    const to = from.worker
    if (unlessKnown) return unit.send(to, unlessKnown)
    if (route && !this.#namesDeviceOf(route.recipient, request.requestUri)) {
      const { target, recipient } = route
      const sender = account.aor
      return unit.send(to, { kind: 'targets', to: from, sender, recipient, targets: [target], identity })
    }
    if (!route && request.to?.tag) return unit.send(to, makeAnswer(from, { ...noDialog, identity }))
    const addressee = addresseeOf(request.requestUri, this.#host.seals)
    if (!addressee || !this.#host.domains.includes(aorDomain(addressee.aor))) {
      return unit.send(to, makeAnswer(from, { ...notFound, identity }))
    }
    const { requestUri } = request
    const recipient = addressee.aor
    const source = message.source
    unit.send(this.#host.shardOf(recipient), {
      kind: 'locate',
      from,
      sender: account.aor,
      party: partyOf(account),
      recipient,
      requestUri,
      requestBytes: request.bytes.length,
      source,
      identity,
    })
  }

  onMessage(unit: Unit, message: BusMessage): void {
    if (message.kind === 'locate') this.#onLocate(unit, message)
  }

  /** A dialog whose target is a GRUU follows its device to wherever that is now (RFC 5627 §6.1). */
  #namesDeviceOf(aor: Aor, requestUri: string): boolean {
    return isGruu(requestUri) && addresseeOf(requestUri, this.#host.seals)?.aor === aor
  }

  #onLocate(unit: Unit, message: LocateMessage): void {
    const { from, sender, recipient, identity } = message
    const main = this.#accounts.aliasOf(recipient)
    if (main) return unit.send(this.#host.shardOf(main), { ...message, recipient: main })
    const known = this.#accounts.find(recipient)
    if (!known || known.account.disabled) return unit.send(from.worker, makeAnswer(from, { ...notFound, identity }))
    const devices = this.#registrar.meant(recipient, message.requestUri)
    if (!devices) return unit.send(from.worker, makeAnswer(from, { ...notFound, identity }))
    const verdict = this.#policy.mayMessage(message.party, recipient)
    if (verdict === 'forbid') {
      unit.change(() => this.#host.log.write('info', forbidden.event, { sender, recipient }))
      return unit.send(from.worker, makeAnswer(from, { ...forbidden, identity }))
    }
    // A polite block: nobody is there, which the edge answers with 480 as it does for a user without a device.
    const targets = verdict === 'polite-block' ? [] : devices.flatMap((device) => this.#flowsOf(device, message))
    unit.send(from.worker, { kind: 'targets', to: from, sender, recipient, targets, identity })
  }

  /** A device's flows stand together, newest first; never back by the flow that the request came from. */
  #flowsOf({ targets }: Device, { source, requestUri, requestBytes }: LocateMessage): readonly ForwardTarget[] {
    const flows = targets.filter(({ flow }) => flow !== source.flow)
    // RFC 3261 §26.2.2, RFC 5630 §5.3: what is sent to a SIPS URI leaves by TLS, or not at all.
    if (/^sips:/i.test(requestUri)) return flows.filter(({ transport }) => transport === 'tls' || transport === 'wss')
    return streamsFirst(flows, requestBytes)
  }
}
