/**
 * Every state of the four machines with every event (RFC 3261 figures 5 to 8, RFC 6026 figures 1 and 2, RFC 4320), as
 * matrices written from the RFCs, over UDP. A dot: the state ignores the event; nothing comes out and no timer moves.
 */
import { describe, expect, test } from 'vitest'
import { timerRules } from '../../../src/sip/transaction/timers.ts'
import { ClientWorld, type ServerWorld, serverWorld, type TransactionWorld } from '../../support/transaction-script.ts'

/** Makes a transaction and brings it to the state; how is in the transcripts beside this file. */
type Worlds = Readonly<Record<string, () => TransactionWorld>>
type Inject = (world: TransactionWorld, event: string) => void

function client(method: string, ...statuses: number[]): ClientWorld {
  const world = new ClientWorld(method, false)
  world.client.start()
  for (const status of statuses) world.client.receive(world.response(status))
  return world
}

function server(method: string, ...statuses: number[]): ServerWorld {
  const world = serverWorld(method, 'udp')
  for (const status of statuses) world.respond(status)
  return world
}

function confirmed(): ServerWorld {
  const world = server('INVITE', 486)
  world.ack()
  return world
}

function tried(): ServerWorld {
  const world = server('MESSAGE')
  world.time.advanceTo(3_500)
  return world
}

function terminated<World extends TransactionWorld>(world: World): World {
  world.transaction!.terminate()
  return world
}

function injectInto(world: TransactionWorld, event: string): void {
  const kind = timerRules.findIndex((rule) => `timer${rule.name}` === event)
  if (kind >= 0) world.transaction!.onTimer(kind)
  else if (world instanceof ClientWorld) injectIntoClient(world, event)
  else injectIntoServer(world as ServerWorld, event)
}

function injectIntoClient(world: ClientWorld, event: string): void {
  if (event === 'error') world.client.transportError()
  else world.client.receive(world.response(Number(event)))
}

function injectIntoServer(world: ServerWorld, event: string): void {
  if (event === 'again') world.server.retransmit()
  else if (event === 'ack') world.server.receiveAck(world.request)
  else world.respond(Number(event))
}

function checkMatrix(matrix: string, worlds: Worlds, inject: Inject = injectInto): void {
  const [head, ...rows] = matrix.trim().split('\n')
  const events = head!.trim().split(/\s+/)
  for (const row of rows) {
    const [state, ...cells] = row.trim().split(/\s+/) as [string, ...string[]]
    test.each(events.map((event, index) => [event, cells[index]!]))(`${state}: %s → %s`, (event, next) => {
      const world = worlds[state]!()
      expect(world.transaction!.state).toBe(state)
      world.transcript.length = 0
      const timersBefore = world.time.timers.size
      inject(world, event)
      expect(world.transaction!.state).toBe(next === '.' ? state : next)
      if (next !== '.') return
      expect(world.transcript).toEqual([])
      expect(world.time.timers.size).toBe(timersBefore)
    })
  }
}

describe('RFC 3261 figure 5 with RFC 6026: INVITE client', () => {
  checkMatrix(
    `           100        200        486        error      timerA  timerB     timerD     timerM     timerE timerK
     calling    proceeding accepted   completed  terminated calling terminated .          .          .      .
     proceeding proceeding accepted   completed  terminated .       .          .          .          .      .
     accepted   .          accepted   .          .          .       .          .          terminated .      .
     completed  .          .          completed  terminated .       .          terminated .          .      .
     terminated .          .          .          .          .       .          .          .          .      .`,
    {
      calling: () => client('INVITE'),
      proceeding: () => client('INVITE', 180),
      accepted: () => client('INVITE', 200),
      completed: () => client('INVITE', 486),
      terminated: () => terminated(client('INVITE')),
    },
  )
})

describe('RFC 3261 figure 6: non-INVITE client', () => {
  checkMatrix(
    `           100        200       486       error      timerE     timerF     timerK     timerA timerD timerM
     trying     proceeding completed completed terminated trying     terminated .          .      .      .
     proceeding proceeding completed completed terminated proceeding terminated .          .      .      .
     completed  .          .         .         .          .          .          terminated .      .      .
     terminated .          .         .         .          .          .          .          .      .      .`,
    {
      trying: () => client('MESSAGE'),
      proceeding: () => client('MESSAGE', 100),
      completed: () => client('MESSAGE', 200),
      terminated: () => terminated(client('MESSAGE')),
    },
  )
})

describe('RFC 3261 figure 7 with RFC 6026: INVITE server', () => {
  const worlds = {
    proceeding: () => server('INVITE'),
    accepted: () => server('INVITE', 200),
    completed: () => server('INVITE', 486),
    confirmed,
    terminated: () => terminated(server('INVITE')),
  }
  checkMatrix(
    `
                again      180        200      486       ack
     proceeding proceeding proceeding accepted completed .
     accepted   .          .          accepted .         .
     completed  completed  .          .        .         confirmed
     confirmed  .          .          .        .         .
     terminated .          .          .        .         .`,
    worlds,
  )
  checkMatrix(
    `
                timerTrying timerG    timerH     timerI     timerL     timerJ
     proceeding proceeding  .         .          .          .          .
     accepted   .           .         .          .          terminated .
     completed  .           completed terminated .          .          .
     confirmed  .           .         .          terminated .          .
     terminated .           .         .          .          .          .`,
    worlds,
  )
})

describe('RFC 3261 figure 8 with RFC 4320: non-INVITE server', () => {
  checkMatrix(
    `           again      100        180  200       404       408       ack timerTryingLate timerJ     timerG
     trying     .          .          .    completed completed completed .   proceeding      .          .
     proceeding proceeding proceeding .    completed completed completed .   .               .          .
     completed  completed  .          .    .         .         .         .   .               terminated .
     terminated .          .          .    .         .         .         .   .               .          .`,
    {
      trying: () => server('MESSAGE'),
      proceeding: tried,
      completed: () => server('MESSAGE', 200),
      terminated: () => terminated(server('MESSAGE')),
    },
  )
})
