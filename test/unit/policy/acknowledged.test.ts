/**
 * A change of policy is acknowledged when every part of the server follows it, live subscriptions included, and at the
 * latest after two seconds with the names of those that did not say so (DESIGN §11.5).
 */
import { describe, expect, it } from 'vitest'
import { barrierDeadlineMs } from '../../../src/policy/index.ts'
import type { PolicyParty } from '../../../src/ports/policy.ts'
import { policyKey, policyRecord } from '../../../src/ports/records/policy.ts'
import { quarantineKey, quarantineRecord } from '../../../src/ports/records/quarantine.ts'
import type { Unit } from '../../../src/shard/index.ts'
import { aorOf, ServerWorld } from '../../support/server-world.ts'

const workers = 3
const close = { act: 'set-default', default: 'closed' } as const
const open = { act: 'set-default', default: 'open' } as const

/** What presence will be: at each shard it is told what to apply, and says when it has, when the test says so. */
class PlayedPresence {
  readonly told: string[] = []
  readonly #world: ServerWorld
  readonly #waiting: { readonly worker: number; readonly done: (unit: Unit) => void }[] = []
  /** Workers at which it is done within the same unit. */
  early = new Set<number>()
  /** What `maySee` answers while it is told. */
  readonly seen: string[] = []

  constructor(world: ServerWorld) {
    this.#world = world
    for (let worker = 0; worker < world.workersCount; worker++) {
      const { policy } = world.cores[worker]!.services
      const stranger: PolicyParty = { aor: aorOf('stranger'), aliases: [], groups: [] }
      policy.onChange((unit, presentity, done) => {
        this.seen.push(policy.maySee(stranger, presentity ?? aorOf('bob')))
        this.#onTold(worker, `${worker} ${presentity ?? 'everybody'}`, unit, done)
      })
      policy.onWatcherChange((unit, watcher, done) =>
        this.#onTold(worker, `${worker} watcher ${watcher.aor} in ${watcher.groups.join()}`, unit, done),
      )
    }
  }

  /** The oldest things that this worker was told are done, in a unit of their own. */
  follow(worker: number): void {
    for (const each of this.#waiting.splice(0)) {
      if (each.worker !== worker) this.#waiting.push(each)
      else this.#world.cores[worker]!.shard.run({ who: '', what: 'followed', hash: '' }, each.done)
    }
    this.#world.settle()
  }

  #onTold(worker: number, text: string, unit: Unit, done: (unit: Unit) => void): void {
    this.told.push(text)
    if (this.early.has(worker)) done(unit)
    else this.#waiting.push({ worker, done })
  }
}

async function start(): Promise<{ world: ServerWorld; presence: PlayedPresence; owner: number }> {
  const world = await ServerWorld.start({ workers })
  const presence = new PlayedPresence(world)
  return { world, presence, owner: world.coreOf(null).shard.worker }
}

function defaultsOf(world: ServerWorld): string[] {
  const stranger: PolicyParty = { aor: aorOf('stranger'), aliases: [], groups: [] }
  return world.cores.map(({ services }) => services.policy.maySee(stranger, aorOf('bob')))
}

describe('a change of the organisation’s policy', () => {
  it('is acknowledged when the last shard has followed, and not before', async () => {
    const { world, presence } = await start()
    const reply = world.askPolicy(null, close)
    expect(presence.told.sort()).toEqual(['0 everybody', '1 everybody', '2 everybody'])
    // Whoever follows already sees what is to be followed.
    expect(presence.seen).toEqual(['block', 'block', 'block'])
    for (const worker of [2, 0, 1]) {
      expect(reply()).toBeNull()
      presence.follow(worker)
    }
    expect(reply()).toMatchObject({ ok: true, organisation: { default: 'closed' }, unconfirmed: [] })
  })

  it('is acknowledged at once where everybody follows at once', async () => {
    const { world, presence } = await start()
    presence.early = new Set([0, 1, 2])
    expect(world.policy(null, close)).toMatchObject({ ok: true, unconfirmed: [] })
  })

  it('is acknowledged after two seconds with the names of those that did not follow', async () => {
    const { world, presence } = await start()
    presence.early = new Set([1])
    const reply = world.askPolicy(null, close)
    world.advance(barrierDeadlineMs - 1)
    expect(reply()).toBeNull()
    world.advance(1)
    expect(reply()).toMatchObject({ ok: true, organisation: { default: 'closed' }, unconfirmed: [0, 2] })
    expect(world.logged('policy.unconfirmed')).toBe(1)
    // Too late is no harm, and the next change is one of its own.
    presence.follow(0)
    presence.follow(2)
    presence.early = new Set([0, 1, 2])
    expect(world.policy(null, open)).toMatchObject({ ok: true, unconfirmed: [] })
  })

  it('counts a worker that is down as one that has not confirmed; it follows when it is back', async () => {
    const { world, presence, owner } = await start()
    presence.early = new Set([0, 1, 2])
    const down = (owner + 1) % workers
    world.down.add(down)
    const reply = world.askPolicy(null, close)
    world.advance(barrierDeadlineMs)
    expect(reply()).toMatchObject({ ok: true, unconfirmed: [down] })
    await world.restartWorker(down)
    expect(defaultsOf(world)).toEqual(['block', 'block', 'block'])
  })

  it('is told again by an owner who died before all had heard of it', async () => {
    const { world, owner } = await start()
    world.loses = ({ kind }, to) => kind === 'policy-change' && to !== owner
    world.askPolicy(null, close)
    expect(defaultsOf(world).filter((verdict) => verdict === 'block')).toHaveLength(1)
    world.loses = () => false
    await world.restartWorker(owner)
    expect(defaultsOf(world)).toEqual(['block', 'block', 'block'])
  })

  it('confirms an older change with the newer that has replaced it', async () => {
    const { world, presence, owner } = await start()
    const other = (owner + 1) % workers
    presence.early = new Set([0, 1, 2])
    // Of one key only the newest fact is kept.
    world.loses = ({ kind }, to) => kind === 'policy-change' && to === other
    const first = world.askPolicy(null, close)
    world.loses = () => false
    expect(first()).toBeNull()
    expect(world.policy(null, open)).toMatchObject({ ok: true, unconfirmed: [] })
    expect(first()).toMatchObject({ ok: true, unconfirmed: [] })
  })

  it.each(['refused', 'failed'] as const)('that is %s by the store is told to nobody', async (reason) => {
    const { world, presence } = await start()
    world.disk.failNext(reason)
    expect(world.policy(null, close)).toEqual({
      ok: false,
      error: 'unavailable',
      message: 'the store did not take the change',
    })
    await null
    world.settle()
    expect([presence.told, defaultsOf(world)]).toEqual([[], ['allow', 'allow', 'allow']])
    presence.early = new Set([0, 1, 2])
    world.policy(null, { act: 'put-rule', rule: { from: 'a', to: 'b', see: 'forbid', message: null } })
    expect(world.policy(null, { act: 'show-organisation' })).toMatchObject({
      organisation: { default: 'open', defaultFrom: 'configuration', rules: [{ from: 'a', to: 'b' }] },
    })
  })
})

describe('a change of groups', () => {
  it('is acknowledged when every shard has followed: as watcher everywhere, as presentity at home', async () => {
    const { world, presence } = await start()
    const home = world.coreOf('alice').shard.worker
    const reply = world.askAdmin('alice', { act: 'change-groups', add: ['sales'], remove: [] })
    const others = [0, 1, 2].filter((worker) => worker !== home)
    for (const worker of others) presence.follow(worker)
    expect(presence.told).toContain(`${home} sip:alice@example.test`)
    expect(reply()).toBeNull()
    presence.follow(home)
    presence.follow(home)
    expect(presence.told.filter((text) => text.includes('watcher')).sort()).toEqual(
      [0, 1, 2].map((worker) => `${worker} watcher sip:alice@example.test in sales`),
    )
    expect(reply()).toMatchObject({ ok: true, account: { groups: ['sales'] }, unconfirmed: [] })
  })

  it('names who did not follow in time', async () => {
    const { world, presence } = await start()
    presence.early = new Set([0, 1])
    const reply = world.askAdmin('alice', { act: 'change-groups', add: ['sales'], remove: [] })
    world.advance(barrierDeadlineMs)
    expect(reply()).toMatchObject({ ok: true, unconfirmed: [2] })
  })

  it('that changes nothing is acknowledged at once, and one that the store refuses is not made', async () => {
    const { world, presence } = await start()
    expect(world.admin('alice', { act: 'change-groups', add: [], remove: ['sales'] })).toMatchObject({ ok: true })
    world.disk.failNext('refused')
    const refused = world.admin('alice', { act: 'change-groups', add: ['sales'], remove: [] })
    expect(refused).toMatchObject({ ok: false, error: 'unavailable' })
    for (let turn = 0; turn < 3; turn++) await null
    world.settle()
    expect(world.admin('alice', { act: 'show' })).toMatchObject({ account: { groups: [] } })
    expect(presence.told).toEqual([])
  })
})

describe('a change of a user’s own rules', () => {
  const block = { act: 'set-user-rule', rule: 'block', watchers: [aorOf('alice')] } as const
  const alice: PolicyParty = { aor: aorOf('alice'), aliases: [], groups: [] }

  /** Only the user's own shard has anything to follow; it tells others what it must. */
  async function atHome() {
    const { world, presence } = await start()
    const { shard, services } = world.coreOf('bob')
    return { world, presence, home: shard.worker, policy: services.policy }
  }

  it('is acknowledged when live subscriptions have followed, and not before', async () => {
    const { world, presence, home, policy } = await atHome()
    const reply = world.askPolicy('bob', block)
    expect([presence.told, reply()]).toEqual([[`${home} sip:bob@example.test`], null])
    // Whoever follows already sees what is to be followed.
    expect(policy.maySee(alice, aorOf('bob'))).toBe('block')
    presence.follow(home)
    expect(reply()).toMatchObject({ ok: true, unconfirmed: [] })
    expect(reply()).toMatchObject({ user: { rules: [{ watcher: 'sip:alice@example.test', rule: 'block' }] } })
  })

  it('is acknowledged at once where they follow at once', async () => {
    const { world, presence } = await atHome()
    presence.early = new Set([0, 1, 2])
    expect(world.policy('bob', block)).toMatchObject({ ok: true, unconfirmed: [] })
  })

  it('is acknowledged after two seconds with the name of the worker where they did not', async () => {
    const { world, presence, home } = await atHome()
    const reply = world.askPolicy('bob', block)
    world.advance(barrierDeadlineMs - 1)
    expect(reply()).toBeNull()
    world.advance(1)
    expect(reply()).toMatchObject({ ok: true, unconfirmed: [home] })
    // Too late is no harm, and the next change is one of its own.
    presence.follow(home)
    presence.early = new Set([0, 1, 2])
    expect(world.policy('bob', { ...block, rule: null })).toMatchObject({ ok: true, unconfirmed: [] })
  })

  it('is told by whatever way it comes: the programs of the user write the document', async () => {
    const { world, presence, home, policy } = await atHome()
    const { shard, services } = world.coreOf('bob')
    let isDone = false
    const text =
      '<ruleset xmlns="urn:ietf:params:xml:ns:common-policy" ' +
      'xmlns:p="urn:ietf:params:xml:ns:pres-rules"><rule id="a">' +
      '<actions><p:sub-handling>polite-block</p:sub-handling></actions></rule></ruleset>'
    shard.run({ who: aorOf('bob'), what: 'put', hash: '' }, (unit) => {
      const of = { auid: 'pres-rules', name: 'index', contentType: 'application/auth-policy+xml' }
      services.documents.put(unit, aorOf('bob'), of, Buffer.from(text), () => {
        isDone = true
      })
    })
    world.settle()
    expect([presence.told, isDone]).toEqual([[`${home} sip:bob@example.test`], false])
    expect(policy.maySee(alice, aorOf('bob'))).toBe('polite-block')
    presence.follow(home)
    expect(isDone).toBe(true)
  })

  it('that cannot hold is refused with the rule that stands against it', async () => {
    const { world, presence } = await atHome()
    const { shard, services } = world.coreOf('bob')
    presence.early = new Set([0, 1, 2])
    const text =
      '<ruleset xmlns="urn:ietf:params:xml:ns:common-policy" ' +
      'xmlns:p="urn:ietf:params:xml:ns:pres-rules"><rule id="all">' +
      '<actions><p:sub-handling>allow</p:sub-handling></actions></rule></ruleset>'
    shard.run({ who: aorOf('bob'), what: 'put', hash: '' }, (unit) => {
      const of = { auid: 'pres-rules', name: 'index', contentType: 'application/auth-policy+xml' }
      services.documents.put(unit, aorOf('bob'), of, Buffer.from(text), () => undefined)
    })
    world.settle()
    expect(world.policy('bob', block)).toEqual({
      ok: false,
      error: 'invalid',
      message: `the user's own rule "all" says otherwise of sip:alice@example.test; it must go first`,
    })
    expect(world.policy('bob', { act: 'show-user' })).toMatchObject({
      user: { rules: [{ watcher: 'anybody', rule: 'allow' }] },
    })
  })
})

describe('an organisation’s policy that is lost (DESIGN §7.6)', () => {
  const policy = { generation: 5, default: null, rules: [] } as const

  it.each(['damaged', 'in quarantine'])(
    'and %s closes everybody to everybody until there is a new one',
    async (how) => {
      const first = await ServerWorld.start({ workers })
      const disk = first.disk.crash()
      const store = disk.attach(9, 1)
      const bytes = policyRecord.encode(policy)
      bytes[3]! ^= 1
      const kept = quarantineRecord.encode({ key: policyKey, reason: 'checksum', atMs: 1, bytes })
      store.commit([
        how === 'damaged' ? { key: policyKey, value: bytes } : { key: quarantineKey(policyKey), value: kept },
      ])
      disk.flush()
      const world = await ServerWorld.start({ workers, users: [], disk })
      expect(defaultsOf(world)).toEqual(['block', 'block', 'block'])
      expect(world.logged('policy.unreadable')).toBe(workers)
      expect(world.policy(null, { act: 'show-organisation' })).toMatchObject({ organisation: { unreadable: true } })
      expect(world.policy(null, open)).toMatchObject({ ok: true, organisation: { unreadable: false } })
      expect(defaultsOf(world)).toEqual(['allow', 'allow', 'allow'])
      // The new one stands, whatever is still in quarantine.
      expect(defaultsOf(await world.restart())).toEqual(['allow', 'allow', 'allow'])
    },
  )

  it('closes nobody where it is a user’s record that is lost', async () => {
    const first = await ServerWorld.start({ workers })
    const disk = first.disk.crash()
    const key = `${aorOf('carol')}\0binding\0x`
    const kept = quarantineRecord.encode({ key, reason: 'checksum', atMs: 1, bytes: Buffer.alloc(3) })
    disk.attach(9, 1).commit([{ key: quarantineKey(key), value: kept }])
    disk.flush()
    expect(defaultsOf(await ServerWorld.start({ workers, users: [], disk }))).toEqual(['allow', 'allow', 'allow'])
  })
})

it('the organisation’s rules have a bound, and each is told what is wrong', async () => {
  const world = await ServerWorld.start({ workers: 1 })
  const put = (from: string) =>
    world.policy(null, { act: 'put-rule', rule: { from, to: '*', see: 'prompt', message: null } })
  for (let index = 0; index < 256; index++) expect(put(`g${index}`).ok).toBe(true)
  expect(put('one more')).toMatchObject({ ok: false, error: 'invalid' })
  expect(put('g7').ok).toBe(true)
  expect(world.policy(null, { act: 'remove-rule', from: 'nobody', to: '*' })).toMatchObject({ error: 'not-found' })
  const empty = { from: 'new', to: '*', see: null, message: null }
  expect(world.policy(null, { act: 'put-rule', rule: empty })).toMatchObject({ ok: false, error: 'invalid' })
  expect(world.policy('nobody', { act: 'show-user' })).toMatchObject({ ok: false, error: 'not-found' })
})
