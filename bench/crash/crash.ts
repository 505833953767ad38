/**
 * Promise P1 against a real process: clients write as fast as they are answered, the server is killed with SIGKILL at
 * a random moment and started again, and everything that it had acknowledged is looked for. Messages to users who are
 * away (202) and to such who are there (200), bindings made, moved and removed.
 */
import { setTimeout } from 'node:timers/promises'
import type { SipMessage } from '../../src/sip/message/sip-message.ts'
import { Client } from '../harness/client.ts'
import { MeasuredServer } from '../harness/server.ts'
import { BindingLedger, type Faults, MessageLedger } from './ledger.ts'

export interface CrashOptions {
  readonly rounds: number
  /** Pairs whose recipient is away, pairs whose recipient is there, and users who only register. */
  readonly awayPairs: number
  readonly livePairs: number
  readonly registrants: number
  /** A life of the server lasts between these. */
  readonly lifeMs: readonly [number, number]
  readonly say: (line: string) => void
}

export interface CrashReport {
  readonly rounds: number
  readonly acknowledged: number
  readonly acknowledgedPerSecond: number
  readonly faults: Faults
  readonly excepted: number
}

/** After this silence a mailbox is taken for empty. */
const quietMs = 400
const collectMs = 20_000

export async function runCrash(options: CrashOptions): Promise<CrashReport> {
  const { awayPairs, livePairs, registrants, rounds, say } = options
  const users = 2 * (awayPairs + livePairs) + registrants
  const configuration = 'messaging:\n  mailboxMessagesMax: 100000\n  mailboxBytesMax: 1000000000\n'
  const server = new MeasuredServer({ workers: 2, users, transports: ['tcp'], configuration, core: 'any' })
  const run = new CrashRun(options, server)
  try {
    server.addUsers()
    for (let round = 1; round <= rounds; round++) {
      await server.start()
      await run.live()
      await server.stop('SIGKILL')
      await server.start()
      await run.check()
      // Not a kill: the next life begins with nothing in doubt.
      await server.stop()
      say(`round ${round}: ${run.acknowledged} acknowledged, ${JSON.stringify(run.faults)}, ${run.excepted} excepted`)
    }
  } finally {
    await server.remove()
  }
  const { acknowledged, faults, excepted, seconds } = run
  return { rounds, acknowledged, acknowledgedPerSecond: acknowledged / seconds, faults, excepted }
}

class CrashRun {
  seconds = 0
  readonly #options: CrashOptions
  readonly #server: MeasuredServer
  readonly #messages = new MessageLedger()
  readonly #bindings = new BindingLedger()
  #life = 0
  #sequence = 0
  #lastCameMs = 0

  constructor(options: CrashOptions, server: MeasuredServer) {
    this.#options = options
    this.#server = server
  }

  get acknowledged(): number {
    return this.#messages.promisedCount + this.#bindings.promisedCount
  }

  get excepted(): number {
    return this.#messages.excepted
  }

  get faults(): Faults {
    const [a, b] = [this.#messages.faults, this.#bindings.faults]
    return {
      lost: a.lost + b.lost,
      resurrected: a.resurrected + b.resurrected,
      misdelivered: a.misdelivered + b.misdelivered,
      doubled: a.doubled + b.doubled,
      disordered: a.disordered + b.disordered,
    }
  }

  /** Everybody writes; returns when the life is over, with the server still running. */
  async live(): Promise<void> {
    this.#life++
    const [shortest, longest] = this.#options.lifeMs
    const lifeMs = shortest + Math.random() * (longest - shortest)
    const recipients = await this.#open(this.#pairs('live').map((pair) => 2 * pair + 1))
    await Promise.all(recipients.map((client) => client.signIn('desk')))
    const senders = await this.#open(this.#pairs('all').map((pair) => 2 * pair))
    const registrants = await this.#open(this.#registrants())
    for (const client of senders) void this.#send(client)
    for (const client of registrants) void this.#register(client)
    await setTimeout(lifeMs)
    this.seconds += lifeMs / 1000
  }

  /** Everybody looks for what was promised. */
  async check(): Promise<void> {
    this.#life++
    const registrants = await this.#open(this.#registrants())
    await Promise.all(registrants.map((client) => this.#fetch(client)))
    const recipients = await this.#open(this.#pairs('all').map((pair) => 2 * pair + 1))
    this.#lastCameMs = performance.now()
    await Promise.all(recipients.map((client) => client.signIn('desk')))
    const untilMs = performance.now() + collectMs
    while (!this.#isCollected(recipients) && performance.now() < untilMs) await setTimeout(20)
    this.#messages.close()
    // Away again, so that what comes next is stored; with `*`, since the life before has left bindings too.
    await Promise.all(recipients.map((client) => client.register('*', 0)))
    for (const client of [...recipients, ...registrants]) client.close()
  }

  #isCollected(recipients: readonly Client[]): boolean {
    const isQuiet = performance.now() - this.#lastCameMs > quietMs
    return isQuiet && recipients.every(({ user }) => this.#messages.isComplete(user))
  }

  async #send(client: Client): Promise<void> {
    const to = client.user + 1
    for (;;) {
      const text = `${to} ${client.user} ${++this.#sequence}`
      this.#messages.sending(text, to)
      const answer = await client.message(to, text)
      if (answer === null) return
      if (answer.statusCode === 200 || answer.statusCode === 202) this.#messages.promised(text)
    }
  }

  /** A new contact each time, and every fifth time none. */
  async #register(client: Client): Promise<void> {
    for (let number = 1; ; number++) {
      const device = number % 5 === 0 ? '' : `d${++this.#sequence}`
      this.#bindings.asking(client.user, device)
      const isRemoval = device === ''
      const contact = isRemoval ? '*' : `${client.contact(device)};+sip.instance="<urn:uuid:${client.user}>"`
      const answer = await client.register(contact, isRemoval ? 0 : 3600)
      if (answer === null) return
      if (answer.statusCode === 200) this.#bindings.promised(client.user, device)
    }
  }

  async #fetch(client: Client): Promise<void> {
    const answer = await client.register(null, 0)
    const contacts = answer && Array.isArray(answer.contacts) ? answer.contacts : []
    const devices = contacts.map(({ uri }) => /;device=(\w+)/.exec(uri)?.[1] ?? uri)
    this.#bindings.fetched(client.user, devices)
  }

  #onRequest(user: number, request: SipMessage): void {
    this.#lastCameMs = performance.now()
    this.#messages.came(request.body.toString(), user, this.#life)
  }

  #open(users: readonly number[]): Promise<Client[]> {
    const port = this.#server.port('tcp')
    return Promise.all(
      users.map((user) => {
        return new Client({ port, user, onRequest: (request) => this.#onRequest(user, request) }).open()
      }),
    )
  }

  /** Pairs are users 2n and 2n + 1, those whose recipient is there first. */
  #pairs(which: 'live' | 'all'): number[] {
    const { livePairs, awayPairs } = this.#options
    return Array.from({ length: which === 'live' ? livePairs : livePairs + awayPairs }, (_, pair) => pair)
  }

  #registrants(): number[] {
    const { livePairs, awayPairs, registrants } = this.#options
    return Array.from({ length: registrants }, (_, index) => 2 * (livePairs + awayPairs) + index)
  }
}
