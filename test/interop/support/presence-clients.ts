/**
 * Real clients as the presence tests need them: each signs in, watches some users, tells what it sees of them, and
 * changes its own state in the way that it has: by a command, or by signing out.
 */
import { Baresip } from './baresip.ts'
import type { BrowserClient } from './browser.ts'
import { Linphonec } from './linphonec.ts'
import { type PidginOptions, startPidgin } from './pidgin.ts'
import type { Program } from './program.ts'
import { domain, type InteropServer } from './server.ts'

export interface PresenceClient {
  readonly user: string
  /** Signed in, its state published. */
  isReady(): Promise<void>
  /** Waits until it tells so, after the last `forget`. */
  sees(user: string, basic: 'open' | 'closed'): Promise<void>
  /** What it has told so far does not count any more. */
  forget(): Promise<void>
  /** Others are to see this; null where only signing in and out changes it. */
  readonly publish: ((basic: 'open' | 'closed') => Promise<void>) | null
  /** Others are to see `closed`. */
  signOut(): Promise<void>
}

export interface Watcher {
  readonly user: string
  readonly watched: readonly string[]
}

interface Words {
  readonly ready: RegExp
  readonly sees?: (user: string, basic: 'open' | 'closed') => RegExp
  readonly publish?: (basic: 'open' | 'closed') => string
  readonly signOut: string
}

class ProgramClient implements PresenceClient {
  readonly user: string
  readonly publish: ((basic: 'open' | 'closed') => Promise<void>) | null
  readonly #program: Program
  readonly #words: Words
  #from = 0

  constructor(user: string, program: Program, words: Words) {
    this.user = user
    this.#program = program
    this.#words = words
    const { publish } = words
    this.publish = publish === undefined ? null : async (basic) => this.#program.type(publish(basic))
  }

  async isReady(): Promise<void> {
    await this.#program.prints(this.#words.ready)
  }

  async sees(user: string, basic: 'open' | 'closed'): Promise<void> {
    await this.#program.prints(this.#words.sees!(user, basic), { from: this.#from })
  }

  async forget(): Promise<void> {
    this.#from = this.#program.output.length
  }

  async signOut(): Promise<void> {
    this.#program.type(this.#words.signOut)
    await this.#program.exits()
  }
}

export interface Started {
  readonly client: PresenceClient
  readonly program: Program
}

/** It tells changes, but not what it hears first; so it is asked, and again after each NOTIFY. */
class BaresipClient extends ProgramClient {
  readonly #baresip: Baresip

  constructor(user: string, baresip: Baresip) {
    super(user, baresip, {
      ready: /registered successfully/,
      publish: (basic) => (basic === 'open' ? '/presence_online' : '/presence_offline'),
      signOut: '/quit',
    })
    this.#baresip = baresip
  }

  override async sees(user: string, basic: 'open' | 'closed'): Promise<void> {
    const wanted = basic === 'open' ? 'Online' : 'Offline'
    // Between colours.
    const line = new RegExp(`(Online|Offline|Unknown|Busy)\\S* ${user} <sip:${user}@${domain}>`)
    for (;;) {
      const from = this.#baresip.output.length
      this.#baresip.type('/contacts')
      const [, state] = await this.#baresip.prints(line, { from })
      if (state === wanted) return
      await this.#baresip.prints(/^NOTIFY sip:/m, { from })
    }
  }
}

export function baresipClient(server: InteropServer, transport: 'udp' | 'tcp' | 'tls', watcher: Watcher): Started {
  const { user, watched } = watcher
  const program = new Baresip(server, { transport, me: user, peer: watched[0]!, watched })
  return { client: new BaresipClient(user, program), program }
}

export function linphoneClient(server: InteropServer, transport: 'udp' | 'tcp' | 'tls', watcher: Watcher): Started {
  const { user, watched } = watcher
  const program = new Linphonec(server, { transport, me: user, friends: watched })
  const client = new ProgramClient(user, program, {
    ready: /linphonec>/,
    sees: (other, basic) => new RegExp(`<sip:${other}@${domain}> is ${basic === 'open' ? 'Online' : 'Offline'}`),
    signOut: 'quit',
  })
  return { client, program }
}

/** It subscribes up to ten seconds after its sign-in. */
export function pidginClient(server: InteropServer, options: PidginOptions, watched: readonly string[]): Started {
  const program = startPidgin(server, options)
  for (const name of watched) program.type(`watch sip:${name}@${domain}`)
  const client = new ProgramClient(options.me, program, {
    ready: /^signed on$/m,
    sees: (other, basic) =>
      new RegExp(`^sees sip:${other}@${domain}: ${basic === 'open' ? 'online' : 'offline'}$`, 'm'),
    signOut: 'quit',
  })
  return { client, program }
}

/** SIP.js or JsSIP in a page that has begun to sign in. */
export class PageWatcher implements PresenceClient {
  readonly user: string
  readonly publish: ((basic: 'open' | 'closed') => Promise<void>) | null
  readonly #page: BrowserClient
  readonly #watched: readonly string[]
  #from = 0

  constructor(page: BrowserClient, { user, watched }: Watcher, publishes: boolean) {
    this.user = user
    this.#page = page
    this.#watched = watched
    this.publish = publishes ? (basic) => page.publish(basic) : null
  }

  async isReady(): Promise<void> {
    await this.#page.tells(/^registered$/)
    for (const name of this.#watched) await this.#page.watch(`sip:${name}@${domain}`)
  }

  async sees(user: string, basic: 'open' | 'closed'): Promise<void> {
    await this.#page.tells(new RegExp(`^sees sip:${user}@${domain}: ${basic}$`), this.#from)
  }

  async forget(): Promise<void> {
    this.#from = await this.#page.eventsCount()
  }

  async signOut(): Promise<void> {
    await this.#page.signOut()
    await this.#page.tells(/^unregistered$/)
  }
}
