/**
 * The registrar of a shard: answers REGISTER (RFC 3261 §10.3), keeps bindings and devices, hears which flows died.
 * What a REGISTER changes is chosen in `plan-register.ts`; this file turns the choice into records, memory and an
 * answer.
 */
import type { DeviceSummary } from '../ports/admin.ts'
import type { AnswerMessage, BusMessage, FlowAliveMessage, FlowDiedMessage, RequestMessage } from '../ports/bus.ts'
import { isOwnPlace } from '../ports/places.ts'
import { bindingKey, bindingRecord } from '../ports/records/binding.ts'
import { deviceRecord, deviceStoreKey } from '../ports/records/device.ts'
import type { StoreKey } from '../ports/store.ts'
import {
  type Accounts,
  type AuthenticatedRequest,
  answerFlushed,
  makeAnswer,
  type Service,
  type ShardHost,
  type Unit,
} from '../shard/index.ts'
import type { Aor } from '../sip/uri/aor.ts'
import { type Binding, type BindingIdentity, deviceOf, isLasting, unconfirmed } from './binding.ts'
import { bindingSummary, deviceKeysOf } from './binding-facts.ts'
import type { BindingEvent, BindingListener, Device, DeviceListener, Devices } from './device.ts'
import { ExpiryTimers } from './expiry-timers.ts'
import { addresseeOf, isGruu } from './gruu.ts'
import { Listeners } from './listeners.ts'
import { bindingsAfter, isElsewhere, planRegister, type RegisterPlan } from './plan-register.ts'
import { RecentRemovals } from './recent-removals.ts'
import { registerAnswerHeaders } from './register-answer.ts'
import { endingWith, readRegister } from './register-request.ts'
import { deviceToWrite, writeRegister } from './register-writes.ts'
import { Registrations } from './registrations.ts'
import type { RegistrarSettings } from './settings.ts'

const nobody = Object.freeze({ instanceId: null, callId: null })

export class Registrar implements Service, Devices {
  readonly name = 'registrar'
  readonly methods = ['REGISTER']
  readonly kinds = ['flow-died', 'flow-alive'] as const
  readonly records = [bindingRecord.name, deviceRecord.name]
  readonly rfcs = ['3261', '3327', '3608', '5626', '5627']

  readonly #host: ShardHost
  readonly #accounts: Accounts
  readonly #settings: RegistrarSettings
  readonly #users = new Map<Aor, Registrations>()
  /** Users that are being read again, as they were: flows are not in the store, and have not failed. */
  readonly #beforeReading = new Map<Aor, Registrations>()
  readonly #listeners: Listeners
  readonly #expiries: ExpiryTimers
  readonly #removals = new RecentRemovals()
  #order = 1

  constructor(host: ShardHost, accounts: Accounts, settings: RegistrarSettings) {
    this.#host = host
    this.#accounts = accounts
    this.#settings = settings
    this.#listeners = new Listeners(host, (aor) => this.known(aor))
    this.#expiries = new ExpiryTimers(host, (aor, identity) => this.#onExpiry(aor, identity))
  }

  known(aor: Aor): readonly Device[] {
    return this.#users.get(aor)?.devices ?? []
  }

  bindings(aor: Aor): readonly Binding[] {
    return [...(this.#users.get(aor)?.bindings.values() ?? [])]
  }

  meant(aor: Aor, requestUri: string): readonly Device[] | null {
    if (!isGruu(requestUri)) return this.known(aor)
    const { instanceId, callId } = addresseeOf(requestUri, this.#host.seals) ?? nobody
    const device = this.known(aor).find(({ deviceKey }) => deviceKey === instanceId)
    return device && (callId === null || this.#registersWith(aor, device.deviceKey, callId)) ? [device] : null
  }

  /** Is the device's registration still the one with this Call-ID (temporary GRUUs, RFC 5627 §3.2)? */
  #registersWith(aor: Aor, deviceKey: string, callId: string): boolean {
    return this.bindings(aor).some((binding) => binding.deviceKey === deviceKey && binding.callId === callId)
  }

  onMovedAway(aor: Aor): void {
    this.#dropUser(aor)
  }

  /** For `meridian user show`. */
  summaries(aor: Aor): readonly DeviceSummary[] {
    return this.bindings(aor).map(bindingSummary)
  }

  get usersCount(): number {
    return this.#users.size
  }

  listen(listener: DeviceListener): void {
    this.#listeners.devices.push(listener)
  }

  watchBindings(listener: BindingListener): void {
    this.#listeners.bindings.push(listener)
  }

  onRequest(unit: Unit, { message, account, identity, unlessKnown }: AuthenticatedRequest): void {
    const { aor } = account
    const registrations = this.#users.get(aor) ?? new Registrations()
    unit.touch(aor)
    if (unlessKnown) {
      this.#onRepeat(unit, aor, message, unlessKnown)
      return
    }
    const { nowMs } = unit
    const wanted = endingWith(identity, readRegister(message.request, this.#settings), nowMs)
    const [settings, removals, order] = [this.#settings, this.#removals, this.#order++]
    const plan = planRegister({ aor, message, wanted, registrations, removals, settings, nowMs, order })
    if ('rejection' in plan) {
      unit.send(message.from.worker, makeAnswer(message.from, { ...plan.rejection, identity }))
      return
    }
    writeRegister(unit, aor, registrations, plan)
    this.#forgetDevices(unit, aor, registrations, plan.set)
    this.#change(unit, aor, registrations, plan)
    if (plan.removed.length > 0) unit.change(() => this.#removals.remember(aor, message, plan.removed, nowMs))
    const bindings = bindingsAfter(registrations, plan)
    const headers = registerAnswerHeaders(this.#host, { aor, message, bindings, nowMs })
    const bound = { bindings: plan.set.map((binding) => binding.identity), atMs: nowMs }
    this.#tellFlowsLeft(unit, aor, registrations, plan)
    answerFlushed(unit, message.from, {
      status: 200,
      reason: 'OK',
      headers,
      identity,
      bound: plan.set.length > 0 ? bound : null,
    })
  }

  /**
   * Right credentials that were used before, or are of an earlier start: a retransmission, or somebody who overheard
   * one. It gets the answer again while what that promised holds, and has no effect: neither does its flow become
   * known, nor does the binding move to it. Else the client proves itself anew, which costs it nothing but a round
   * trip.
   */
  #onRepeat(unit: Unit, aor: Aor, message: RequestMessage, otherwise: AnswerMessage): void {
    const { callId, cseq } = message.request
    const bindings = this.bindings(aor)
    const isDone = bindings.some(
      (binding) => binding.flow !== null && binding.callId === callId && binding.cseq === cseq?.number,
    )
    if (!isDone) {
      unit.send(message.from.worker, otherwise)
      return
    }
    const headers = registerAnswerHeaders(this.#host, { aor, message, bindings, nowMs: unit.nowMs })
    answerFlushed(unit, message.from, { status: 200, reason: 'OK', headers })
  }

  onMessage(unit: Unit, message: BusMessage): void {
    if (message.kind === 'flow-died') this.#onFlowDied(unit, message)
    else if (message.kind === 'flow-alive') this.#onFlowAlive(unit, message)
  }

  onWorkerGone(worker: number): void {
    const isThere = (flow: Binding['flow']) => flow !== null && this.#host.placeOf(flow) === worker
    for (const { bindings } of this.#beforeReading.values()) {
      for (const [identity, binding] of bindings)
        if (isThere(binding.flow)) bindings.set(identity, { ...binding, flow: null })
    }
    for (const [aor, { bindings }] of [...this.#users]) {
      for (const { flow } of [...bindings.values()]) {
        if (flow === null || !isThere(flow)) continue
        const died = { kind: 'flow-died', aor, flow, goodbye: false } as const
        const cause = { who: aor, what: 'worker-gone', hash: '' }
        this.#host.run(cause, (unit) => this.#onFlowDied(unit, died, !isOwnPlace(worker)))
      }
    }
  }

  load(aor: Aor, kind: string, key: StoreKey, value: Uint8Array): string | null {
    const unreadable = kind === bindingRecord.name ? this.#loadBinding(aor, value) : this.#loadDevice(aor, value)
    if (unreadable !== null) this.#userFor(aor).unreadableKeys.push(key)
    return unreadable
  }

  forget(aor: Aor): void {
    const registrations = this.#users.get(aor)
    if (!registrations) return
    this.#beforeReading.set(aor, registrations)
    this.#dropUser(aor)
  }

  onReloaded(aor: Aor): void {
    this.#beforeReading.delete(aor)
  }

  /** What has grown too old while nobody looked goes, and does not wait for a REGISTER that may never come. */
  onLoaded(): void {
    for (const [aor, registrations] of [...this.#users]) {
      if (registrations.forgettable([], this.#host.clock.wallMs(), this.#settings).length === 0) continue
      this.#host.run({ who: '', what: `devices of ${aor}`, hash: '' }, (unit) =>
        this.#forgetDevices(unit, aor, registrations, []),
      )
    }
  }

  /** The account is gone: so are its bindings and devices. */
  removeUser(unit: Unit, aor: Aor): void {
    const registrations = this.#users.get(aor)
    if (!registrations) return
    for (const identity of registrations.bindings.keys()) unit.write(aor, bindingKey(aor, identity), null)
    for (const deviceKey of registrations.remembered.keys()) unit.write(aor, deviceStoreKey(aor, deviceKey), null)
    for (const key of registrations.unreadableKeys) unit.write(aor, key, null)
    unit.change(() => this.#dropUser(aor))
  }

  /**
   * The account's epoch was raised: what its flows had proved no longer counts. Stream flows are closed by their
   * edges; a UDP peer cannot be, so nothing may be sent to it before it has registered again.
   */
  cutOff(unit: Unit, aor: Aor): void {
    const registrations = this.#users.get(aor)
    if (!registrations) return
    unit.change(() => {
      for (const binding of registrations.bindings.values()) {
        if (binding.transport === 'udp') registrations.bindings.set(binding.identity, { ...binding, flow: null })
      }
      registrations.changed()
    })
  }

  /** A device's registration is ended, or all (null); it may register again. False: there is none of this key. */
  signOut(unit: Unit, aor: Aor, deviceKey: string | null): boolean {
    const ended = this.bindings(aor).filter((binding) => deviceKey === null || binding.deviceKey === deviceKey)
    if (ended.length > 0) this.#unbind(unit, aor, ended, 'deactivated')
    return ended.length > 0
  }

  #change(unit: Unit, aor: Aor, registrations: Registrations, plan: RegisterPlan): void {
    if (plan.set.length === 0 && plan.removed.length === 0) return
    const devices = plan.set.map((binding) => deviceToWrite(registrations, binding, unit.nowMs))
    unit.change(() => {
      this.#users.set(aor, registrations)
      for (const identity of plan.removed) this.#end(aor, registrations, identity, 'unregistered')
      for (const device of devices) if (device) registrations.remembered.set(device.deviceKey, device)
      for (const binding of plan.set) {
        this.#listeners.tellSet(aor, registrations.bindings.get(binding.identity) ?? null, binding)
        this.#put(aor, registrations, binding)
      }
      this.#tidy(aor, registrations)
    })
    for (const deviceKey of new Set(plan.set.map((binding) => binding.deviceKey))) {
      unit.afterwards(() => this.#listeners.tellReachable(aor, deviceKey))
    }
    const removed = plan.removed.map((identity) => registrations.bindings.get(identity)?.deviceKey)
    this.#listeners.tellUnreachable(unit, aor, removed, true)
  }

  /** The edges of flows that these bindings leave: they must not say later that the bindings are still theirs. */
  #tellFlowsLeft(unit: Unit, aor: Aor, registrations: Registrations, plan: RegisterPlan): void {
    for (const { identity, flow } of plan.set) {
      const left = registrations.bindings.get(identity)?.flow
      if (!left || left === flow) continue
      unit.sendFlushed(this.#host.placeOf(left), { kind: 'flow-left', aor, flow: left, bindings: [identity] }, null)
    }
  }

  /** Devices that are remembered no longer go with all that others keep for them (see `Registrations.forgettable`). */
  #forgetDevices(unit: Unit, aor: Aor, registrations: Registrations, added: readonly Binding[]): void {
    const deviceKeys = registrations.forgettable(added, unit.nowMs, this.#settings)
    if (deviceKeys.length === 0) return
    for (const deviceKey of deviceKeys) unit.write(aor, deviceStoreKey(aor, deviceKey), null)
    unit.change(() => {
      for (const deviceKey of deviceKeys) registrations.remembered.delete(deviceKey)
      this.#tidy(aor, registrations)
    })
    for (const listener of this.#listeners.devices) listener.onForgotten?.(unit, aor, deviceKeys)
  }

  /** `isOutOfReach`: it may live on at its server, which says so when it is back (`flow-alive`). */
  #onFlowDied(unit: Unit, { aor, flow, goodbye }: FlowDiedMessage, isOutOfReach = false): void {
    const registrations = this.#users.get(aor)
    // Only bindings that still name the flow change: a device that has moved on to a new one is not touched.
    const naming = registrations?.naming(flow) ?? []
    if (!registrations || naming.length === 0) return
    // Without instance or epid nobody can tell that it is the same device when it comes back: the binding goes.
    const ended = naming.filter((each) => !isOutOfReach && !isLasting(each.deviceKey) && each.transport !== 'udp')
    for (const binding of ended) unit.write(aor, bindingKey(aor, binding.identity), null)
    unit.change(() => {
      for (const binding of naming) {
        if (ended.includes(binding)) this.#end(aor, registrations, binding.identity, 'deactivated')
        else registrations.bindings.set(binding.identity, { ...binding, flow: null })
      }
      this.#tidy(aor, registrations)
    })
    this.#listeners.tellUnreachable(unit, aor, deviceKeysOf(naming), goodbye)
  }

  /** This shard was started anew, or out of reach: its bindings have no flow, but the edge that has it knows theirs. */
  #onFlowAlive(unit: Unit, { aor, flow, epoch, bindings, atMs }: FlowAliveMessage): void {
    const registrations = this.#users.get(aor)
    if (!registrations || this.#accounts.find(aor)?.account.epoch !== epoch) return
    const named = bindings.map((identity) => registrations.bindings.get(identity as BindingIdentity))
    // Of the same age: the link to the flow's server was down, and it counted as dead.
    const isStrayed = (binding: Binding | undefined) =>
      binding !== undefined && (binding.namedMs < atMs || (binding.flow === null && binding.namedMs === atMs))
    const strayed = named.filter(isStrayed) as Binding[]
    if (strayed.length === 0) return
    unit.change(() => {
      for (const binding of strayed) registrations.bindings.set(binding.identity, { ...binding, flow, namedMs: atMs })
      this.#tidy(aor, registrations)
    })
    for (const deviceKey of new Set(strayed.map((binding) => binding.deviceKey))) {
      unit.afterwards(() => this.#listeners.tellReachable(aor, deviceKey))
    }
  }

  #put(aor: Aor, registrations: Registrations, binding: Binding): void {
    this.#expiries.replace(aor, registrations.bindings.get(binding.identity) ?? null, binding)
    registrations.bindings.set(binding.identity, binding)
  }

  #end(aor: Aor, registrations: Registrations, identity: BindingIdentity, event: BindingEvent): void {
    const binding = registrations.bindings.get(identity)
    if (!binding) return
    this.#expiries.stop(binding)
    registrations.bindings.delete(identity)
    this.#listeners.tellBinding(aor, binding, event)
  }

  #dropUser(aor: Aor): void {
    for (const binding of this.bindings(aor)) this.#expiries.stop(binding)
    this.#users.delete(aor)
  }

  #tidy(aor: Aor, registrations: Registrations): void {
    registrations.changed()
    if (registrations.isEmpty) this.#users.delete(aor)
  }

  #onExpiry(aor: Aor, identity: BindingIdentity): void {
    const binding = this.#users.get(aor)?.bindings.get(identity)
    if (!binding) return
    binding.expiry = null
    if (this.#expiries.leftMs(binding) > 0) return this.#expiries.start(aor, binding)
    const cause = { who: aor, what: 'binding-expiry', hash: '' }
    this.#host.run(cause, (unit) => this.#unbind(unit, aor, [binding], 'expired'))
  }

  #unbind(unit: Unit, aor: Aor, bindings: readonly Binding[], event: BindingEvent): void {
    for (const { identity } of bindings) unit.write(aor, bindingKey(aor, identity), null)
    unit.change(() => {
      const registrations = this.#userFor(aor)
      for (const { identity } of bindings) this.#end(aor, registrations, identity, event)
      this.#tidy(aor, registrations)
    })
    this.#listeners.tellUnreachable(unit, aor, deviceKeysOf(bindings), true)
  }

  /**
   * What is read at start keeps its place but has no flow: it is unreachable until its device registers again. After
   * a batch that failed, what was not in it stays reachable: deliveries to devices on line go on when the disk is
   * full.
   */
  #loadBinding(aor: Aor, value: Uint8Array): string | null {
    const decoded = bindingRecord.decode(value)
    if (!decoded.ok) return decoded.reason
    const read = unconfirmed(decoded.value)
    const known = this.#beforeReading.get(aor)?.bindings.get(read.identity)
    // A refresh that was not written leaves the device where it was, for as long as the store has promised before.
    const { ceilingMs, cseq } = read
    const expiresMs = Math.min(known?.expiresMs ?? 0, ceilingMs)
    const binding = known && !isElsewhere(read, known) ? { ...known, ceilingMs, cseq, expiresMs, expiry: null } : read
    const registrations = this.#userFor(aor)
    this.#put(aor, registrations, binding)
    registrations.changed()
    return null
  }

  #loadDevice(aor: Aor, value: Uint8Array): string | null {
    const decoded = deviceRecord.decode(value)
    if (!decoded.ok) return decoded.reason
    const registrations = this.#userFor(aor)
    const device = deviceOf(decoded.value, registrations.bindingOf(decoded.value.deviceKey))
    registrations.remembered.set(device.deviceKey, device)
    registrations.changed()
    return null
  }

  #userFor(aor: Aor): Registrations {
    let registrations = this.#users.get(aor)
    if (!registrations) {
      registrations = new Registrations()
      this.#users.set(aor, registrations)
    }
    return registrations
  }
}
