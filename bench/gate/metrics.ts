/**
 * The four times that are gated, each in CPU microseconds of the server's process for one operation. A slice is one
 * fresh process: layout and compiled code vary from process to process, and so they vary on both sides.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { Audience, spread } from '../harness/audience.ts'
import { Load } from '../harness/load.ts'
import { Person } from '../harness/person.ts'
import { scheduledMicros } from '../harness/process-cost.ts'
import type { MeasuredServer, ServerOptions } from '../harness/server.ts'

export interface GateMetric {
  readonly name: string
  readonly server: Omit<ServerOptions, 'checkout'>
  /** On a server that has just started; CPU microseconds for one operation. */
  slice(server: MeasuredServer): Promise<number>
}

const warmUpSeconds = 0.8
const seconds = 1.25
const connections = 200

const relay: GateMetric = {
  name: 'relay',
  server: { workers: 1, users: connections, transports: ['tcp'] },
  async slice(server) {
    const load = new Load({ transport: 'tcp', port: server.port('tcp'), connections })
    try {
      await load.open()
      refuse((await load.register(64)).refused, 'REGISTER')
      await load.messages(warmUpSeconds, 0, connections / 2)
      const before = scheduledMicros(server.pid)
      const run = await load.messages(seconds, 0, connections / 2)
      refuse(run.failed + run.unanswered + run.stored, 'MESSAGE')
      return (scheduledMicros(server.pid) - before) / run.answered
    } finally {
      await load.end()
    }
  },
}

const registrations = 700

const register: GateMetric = {
  name: 'register',
  server: { workers: 1, users: 2 * registrations, transports: ['tcp'] },
  async slice(server) {
    await registered(server, 0)
    return registered(server, registrations)
  },
}

/** New bindings, so each is written. */
async function registered(server: MeasuredServer, firstUser: number): Promise<number> {
  const load = new Load({ transport: 'tcp', port: server.port('tcp'), connections: registrations, firstUser })
  try {
    await load.open()
    const before = scheduledMicros(server.pid)
    refuse((await load.register(64)).refused, 'REGISTER')
    return (scheduledMicros(server.pid) - before) / registrations
  } finally {
    await load.end()
  }
}

const watchers = 400
/** Longer than the window in which changes become one. */
const pauseMs = 300

const notify: GateMetric = {
  name: 'notify',
  server: { workers: 1, users: watchers + 1, transports: ['tcp'] },
  async slice(server) {
    const audience = new Audience(server)
    try {
      await audience.signIn(watchers + 1)
      await audience.watch([0])
      await changes(audience, 3)
      const [before, notified] = [scheduledMicros(server.pid), audience.notified]
      await changes(audience, 4)
      return (scheduledMicros(server.pid) - before) / (audience.notified - notified)
    } finally {
      audience.close()
    }
  },
}

async function changes(audience: Audience, count: number): Promise<void> {
  for (let change = 0; change < count; change++) {
    await setTimeout(pauseMs)
    await audience.change()
  }
}

const people = 240
const contacts = 10

const signOn: GateMetric = {
  name: 'sign-on',
  server: { workers: 1, users: people, transports: ['tls'] },
  async slice(server) {
    const authority = readFileSync(join(server.folder, 'data/certificates/authority.crt'))
    const all = Array.from({ length: people }, (_, user) => {
      const watched = Array.from({ length: contacts }, (_, index) => (user + 1 + index * 7) % people)
      const port = () => server.port('tls')
      return new Person(user, port, watched, () => {}, authority)
    })
    try {
      await arrive(all.slice(0, people / 2))
      const before = scheduledMicros(server.pid)
      await arrive(all.slice(people / 2))
      await setTimeout(pauseMs)
      return (scheduledMicros(server.pid) - before) / (people / 2)
    } finally {
      for (const person of all) person.close()
    }
  },
}

async function arrive(some: readonly Person[]): Promise<void> {
  await spread(some, async (person) => {
    const { fault } = await person.signOn()
    if (fault !== null) throw new Error(`a sign-on went wrong: ${fault}`)
  })
}

export const gateMetrics: readonly GateMetric[] = [relay, notify, register, signOn]

/** A server that refuses makes its time worthless. */
function refuse(count: number, what: string): void {
  if (count > 0) throw new Error(`${count} of ${what} were not answered with 200`)
}
