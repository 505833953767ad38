/**
 * What departures and arrivals share: what they stand on, and how they speak to the other home and to this server's
 * workers.
 */
import type { MoveAnswer, MoveRefusal, MoveReply, MoveStep, UserMovedMessage } from '../ports/move-bus.ts'
import type { Elsewhere } from '../ports/places.ts'
import type { HomeRecord } from '../ports/records/home.ts'
import type { ReplyAddress } from '../ports/reply-address.ts'
import type { SecretBox } from '../ports/secret-box.ts'
import type { Accounts, ShardHost, Unit } from '../shard/index.ts'
import type { Aor } from '../sip/uri/aor.ts'
import type { HomesBook } from './homes-book.ts'
import type { LiveFlows } from './live-flows.ts'

export interface MovePorts {
  readonly host: ShardHost
  readonly elsewhere: Elsewhere
  readonly accounts: Accounts
  readonly box: SecretBox
  readonly book: HomesBook
  readonly flows: LiveFlows
}

export interface MoveId {
  readonly aor: Aor
  readonly move: string
}

export function tellStep(ports: MovePorts, place: number, { aor, move }: MoveId, step: MoveStep): void {
  run(ports, aor, `move-${step.step}`, (unit) => {
    unit.send(place, { kind: 'move-step', worker: ports.host.worker, aor, move, step })
  })
}

export function tellAnswer(ports: MovePorts, place: number, { aor, move }: MoveId, answer: MoveAnswer): void {
  run(ports, aor, `move-${answer.says}`, (unit) => {
    unit.send(place, { kind: 'move-answer', worker: ports.host.worker, aor, move, answer })
  })
}

/** This shard hears, as of a step of this move, whether the batch with this unit is kept: `committed`, or `dropped`. */
export function hearOfFlush({ host }: MovePorts, unit: Unit, { aor, move }: MoveId, epoch: number): void {
  const heard = (step: MoveStep) => ({ kind: 'move-step', worker: host.worker, aor, move, step }) as const
  unit.sendFlushed(host.worker, heard({ step: 'committed', epoch }), heard({ step: 'dropped' }))
}

export function refusing(error: MoveRefusal['error'], message: string): MoveRefusal {
  return { ok: false, error, message }
}

export function reply(ports: MovePorts, to: ReplyAddress, aor: Aor, said: MoveReply): void {
  run(ports, aor, 'move-reply', (unit) => unit.send(to.worker, { kind: 'move-reply', to, reply: said }))
}

export function run(ports: MovePorts, who: Aor, what: string, work: (unit: Unit) => void): boolean {
  return ports.host.run({ who, what, hash: '' }, work)
}

/** Every worker of this server knows from now on; this shard does already. */
export function announceHere(ports: MovePorts, { aor, names, server, epoch }: HomeRecord): void {
  const message: UserMovedMessage = { kind: 'user-moved', aor, names, server, epoch, by: 'record' }
  run(ports, aor, 'move-known', (unit) => {
    for (let worker = 0; worker < ports.host.workersCount; worker++) unit.send(worker, message)
  })
}

/** Whoever thinks of this user on other servers asks anew. */
export function announceElsewhere(ports: MovePorts, { aor, names }: HomeRecord): void {
  run(ports, aor, 'move-announced', (unit) => {
    for (const place of ports.elsewhere.everywhere()) unit.send(place, { kind: 'look-again', aor, names })
  })
}
