/**
 * Subscriptions to lists against the truth (RFC 4662 §5.6): whatever contacts say, whomever they let see them, however
 * the list changes, and whichever NOTIFYs are lost, what a watcher has folded together is what there is to be seen.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SeeVerdict } from '../../src/ports/policy.ts'
import { ListReader, readsLists } from '../support/list-watching.ts'
import { aorOf, ServerWorld } from '../support/server-world.ts'
import { pidf, publish, subscribe } from '../support/watching.ts'
import { WireClient } from '../support/wire-client.ts'
import { XcapClient } from '../support/xcap-client.ts'
import { lists, types } from '../support/xcap-documents.ts'

const users = ['bob', 'carol', 'dave'] as const
type User = (typeof users)[number]

/** `bobby` is another name of Bob; nobody is behind the last two. */
const addresses = ['bob', 'bobby', 'carol', 'dave', 'nobody'].map((name) => `sip:${name}@example.test`)
const pool = [...addresses, 'sip:x@elsewhere.test']

type Act =
  | { readonly do: 'say'; readonly user: User; readonly note: string }
  | { readonly do: 'rule'; readonly user: User; readonly rule: SeeVerdict | null }
  | { readonly do: 'list'; readonly members: readonly string[]; readonly names: string }
  /** What becomes of the NOTIFYs that come now. */
  | { readonly do: 'answer'; readonly how: 'well' | 'later' | 'never' }
  /** `ask`: a refresh that names the state that the watcher has (RFC 5839). */
  | { readonly do: 'cut' | 'return' | 'refresh' | 'ask' | 'restart' }
  | { readonly do: 'wait'; readonly ms: number }

const anyUser = fc.constantFrom(...users)
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('say' as const), user: anyUser, note: fc.stringMatching(/^[a-z]{3}$/) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('rule' as const),
      user: anyUser,
      rule: fc.constantFrom<(SeeVerdict | null)[]>('allow', 'confirm', 'block', 'polite-block', null),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('list' as const),
      members: fc.subarray(pool),
      names: fc.constantFrom('', 'A', 'B'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('answer' as const), how: fc.constantFrom('well', 'later', 'never') }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('cut', 'return', 'refresh', 'ask', 'restart') }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 100, 300, 3_000) }) },
)

class Story {
  world: ServerWorld
  watcher: WireClient
  readonly contacts = new Map<User, WireClient>()
  readonly reader = new ListReader()
  /** The truth. */
  members: readonly string[] = addresses
  names = ''
  readonly rules = new Map<User, SeeVerdict>()
  readonly notes = new Map<User, string>()
  /** Presentities that shards have named as watched and not taken back. */
  readonly watched = new Set<string>()
  #isAway = false
  #cseq = 1_000
  #tag = 'none'
  #asksForPatience = false
  #owesAnswer = false
  #made

  private constructor(world: ServerWorld) {
    this.world = world
    this.#listen()
    this.watcher = new WireClient(world, 'alice')
    this.watcher.register()
    for (const user of users) this.contacts.set(user, new WireClient(world, user))
    for (const contact of this.contacts.values()) contact.register()
    this.#putList()
    this.#made = subscribe(this.watcher, 'alice+contacts', { headers: readsLists, expires: 3_600 })
  }

  static async begin(workers: number): Promise<Story> {
    const world = await ServerWorld.start({ workers, users: ['alice', 'carol', 'dave'] })
    world.addUser('bob', { aliases: ['bobby'] })
    return new Story(world)
  }

  async do(step: Act): Promise<void> {
    switch (step.do) {
      case 'say':
        this.notes.set(step.user, step.note)
        expect(publish(this.contacts.get(step.user)!, pidf(step.user, step.note)).statusCode).toBe(200)
        break
      case 'rule':
        this.#rule(step.user, step.rule)
        break
      case 'list':
        this.members = step.members
        this.names = step.names
        this.#putList()
        break
      case 'answer':
        this.#read()
        this.watcher.answerWith = step.how === 'well' ? 200 : null
        this.#asksForPatience = step.how === 'later'
        break
      case 'cut':
        this.#cut()
        break
      case 'return':
        this.#return()
        break
      case 'refresh':
        if (!this.#isAway) expect(this.#refresh(3_600)).toBe(200)
        break
      case 'ask':
        this.#ask()
        break
      case 'restart':
        await this.#restart()
        break
      case 'wait':
        this.world.advance(step.ms)
    }
    this.#read()
  }

  /** Everything is well again, for long enough. */
  end(): void {
    this.#read()
    this.watcher.answerWith = 200
    this.#asksForPatience = false
    // Nothing would come before the server has given up what it waits for.
    if (this.#owesAnswer) this.#cut()
    this.#return()
    this.world.advance(5_000)
    this.#read()
  }

  /** The subscription ends; nothing of it may be left. */
  leave(): void {
    expect(this.#refresh(0)).toBe(200)
    this.world.advance(1_000)
    this.#read()
  }

  truth(): Record<string, string> {
    return Object.fromEntries(this.members.map((uri) => [uri, `${this.names} ${this.#stateOf(uri)}`]))
  }

  folded(): Record<string, string> {
    return Object.fromEntries(
      [...this.reader.states].map(([uri, state]) => [uri, `${this.reader.names.get(uri)} ${state}`]),
    )
  }

  #listen(): void {
    this.watched.clear()
    this.world.loses = (message) => {
      if (message.kind !== 'watches') return false
      for (const { presentity } of message.entries) {
        if (message.isWanted) this.watched.add(presentity)
        else this.watched.delete(presentity)
      }
      return false
    }
  }

  #stateOf(uri: string): string {
    const user = uri === 'sip:bobby@example.test' ? 'bob' : users.find((each) => uri === `sip:${each}@example.test`)
    if (!user) return 'terminated noresource'
    const rule = this.rules.get(user) ?? 'allow'
    const shown = `active ${this.notes.get(user) ?? 'open'}`
    const states = { allow: shown, confirm: 'pending', block: 'terminated rejected', 'polite-block': 'active closed' }
    return states[rule]
  }

  #ask(): void {
    this.#read()
    if (this.#isAway) return
    const status = this.#refresh(3_600, ['Suppress-If-Match', this.#tag])
    // He is told that he has all: then it is so, whatever he has answered to.
    expect(status).toBeOneOf([200, 204])
    if (status === 204) expect(this.folded()).toEqual(this.truth())
  }

  /** In the dialog, whose CSeq goes on over all flows. */
  #refresh(expiresSeconds: number, ...headers: readonly (readonly [string, string])[]): number {
    const { uri, tag } = this.#made.to!
    const branch = this.watcher.send('SUBSCRIBE', {
      uri,
      to: `<${uri}>;tag=${tag}`,
      callId: this.#made.callId!,
      cseq: this.#cseq++,
      headers: [
        ['Event', 'presence'],
        ['Expires', String(expiresSeconds)],
        ['Contact', `<${this.watcher.contact}>`],
        ...readsLists,
        ...headers,
      ],
    })
    return this.watcher.final(branch).statusCode
  }

  #rule(user: User, rule: SeeVerdict | null): void {
    if (rule) this.rules.set(user, rule)
    else this.rules.delete(user)
    const reply = this.world.policy(user, { act: 'set-user-rule', rule, watchers: [aorOf('alice')] })
    expect(reply).toMatchObject({ ok: true })
  }

  #putList(): void {
    const entries = this.members.map((uri) => `<entry uri="${uri}"><display-name>${this.names}</display-name></entry>`)
    const xcap = new XcapClient(this.world, 'alice')
    const { status } = xcap.put(
      xcap.path('resource-lists'),
      types.lists,
      lists(`<list name="a">${entries.join('')}</list>`),
    )
    expect(status).toBeOneOf([200, 201])
  }

  #cut(): void {
    this.#read()
    this.watcher.close('transport.reset')
    this.#isAway = true
  }

  #return(): void {
    if (!this.#isAway) return
    this.watcher = new WireClient(this.world, 'alice', { instance: this.watcher.instance })
    this.watcher.register()
    this.#isAway = false
    this.#asksForPatience = false
    this.#owesAnswer = false
  }

  async #restart(): Promise<void> {
    this.#read()
    this.world = await this.world.restart()
    this.#listen()
    this.#isAway = true
    this.#return()
    for (const [user, { instance }] of this.contacts) {
      const back = new WireClient(this.world, user, { instance })
      back.register()
      this.contacts.set(user, back)
    }
  }

  /** What was not answered with 200 the watcher has not seen. */
  #read(): void {
    for (const notify of this.watcher.requests('NOTIFY')) {
      if (this.watcher.answerWith === 200) {
        // Whoever has the state is told without it what else there is to say (RFC 5839 §6.2).
        if (notify.body.length > 0) this.reader.read(notify)
        this.#tag = notify.named('SIP-ETag') ?? 'none'
      }
      this.watcher.inbox.splice(this.watcher.inbox.indexOf(notify), 1)
      if (this.watcher.answerWith === null && !this.#asksForPatience) this.#owesAnswer = true
      if (this.#asksForPatience) this.watcher.respond(notify, 503, [['Retry-After', '2']])
    }
  }
}

describe.each([1, 3])('a watched list, with %i workers', (workers) => {
  it('is what there is to be seen, whatever happens', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 25 }), async (acts) => {
        const story = await Story.begin(workers)
        for (const step of acts) await story.do(step)
        story.end()
        expect(story.folded()).toEqual(story.truth())
        story.leave()
        expect([...story.watched]).toEqual([])
      }),
      { numRuns: 80 },
    )
  })
})
