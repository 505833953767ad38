/**
 * Policy against a plain model: whatever administrators do, in whatever order, with one worker or three, and over
 * restarts, every pair of users is decided as the sentence in docs/policy.md says.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PolicyParty, SeeVerdict } from '../../src/ports/policy.ts'
import type { GroupRule } from '../../src/ports/records/policy.ts'
import { aorOf, ServerWorld } from '../support/server-world.ts'

const names = ['ann', 'ben', 'cora'] as const
const groups = ['x', 'y'] as const
type Name = (typeof names)[number]

/** The law in other words than the code's: no loop over rules but sets of them. */
class Model {
  preset: 'open' | 'prompt' | 'closed' = 'open'
  rules: GroupRule[] = []
  /** `ben cora`: what Ben says of Cora. */
  readonly said = new Map<string, SeeVerdict>()
  readonly groups = new Map<Name, Set<string>>(names.map((name) => [name, new Set()]))

  put(rule: GroupRule): void {
    const old = this.rules.find(({ from, to }) => from === rule.from && to === rule.to)
    this.rules = this.rules.filter((each) => each !== old)
    this.rules.push({ ...rule, see: rule.see ?? old?.see ?? null, message: rule.message ?? old?.message ?? null })
  }

  see(from: Name, to: Name): string {
    if (from === to) return 'allow'
    const says = this.#strictest(from, to, 'see', ['forbid', 'prompt', 'allow'])
    const own = this.said.get(`${to} ${from}`)
    if (own && says !== 'forbid') return own
    if (says !== null) return { forbid: 'block', prompt: 'confirm', allow: 'allow' }[says] as string
    return { open: 'allow', prompt: 'confirm', closed: 'block' }[this.preset]
  }

  message(from: Name, to: Name): string {
    if (from === to) return 'allow'
    if (this.#strictest(from, to, 'message', ['forbid', 'allow']) === 'forbid') return 'forbid'
    const own = this.said.get(`${to} ${from}`)
    return own === 'block' ? 'forbid' : own === 'polite-block' ? own : 'allow'
  }

  #strictest<R extends string>(from: Name, to: Name, aspect: 'see' | 'message', order: readonly R[]): R | null {
    const mine = [...(this.groups.get(from) ?? [])]
    const theirs = [...(this.groups.get(to) ?? [])]
    const circles = [
      this.rules.filter((rule) => mine.includes(rule.from) && theirs.includes(rule.to)),
      this.rules.filter((rule) => mine.includes(rule.from) && rule.to === '*'),
      this.rules.filter((rule) => rule.from === '*' && theirs.includes(rule.to)),
      this.rules.filter((rule) => rule.from === '*' && rule.to === '*'),
    ] as const
    const said = (rules: readonly GroupRule[]) => order.find((word) => rules.some((rule) => rule[aspect] === word))
    return said(circles[0]) ?? said([...circles[1], ...circles[2]]) ?? said(circles[3]) ?? null
  }
}

type Act =
  | { readonly do: 'default'; readonly preset: Model['preset'] }
  | { readonly do: 'put'; readonly rule: GroupRule }
  | { readonly do: 'remove'; readonly from: string; readonly to: string }
  | { readonly do: 'groups'; readonly name: Name; readonly add: readonly string[]; readonly remove: readonly string[] }
  | { readonly do: 'say'; readonly name: Name; readonly rule: SeeVerdict | null; readonly watchers: readonly Name[] }
  | { readonly do: 'restart'; readonly workers: number }
  | { readonly do: 'restart-worker'; readonly worker: number }

const side = fc.constantFrom<string>(...groups, '*')
const some = fc.subarray<string>([...groups])
const rule = fc
  .record({
    from: side,
    to: side,
    see: fc.constantFrom('allow', 'prompt', 'forbid', null),
    message: fc.constantFrom('allow', 'forbid', null),
  })
  .filter(({ see, message }) => see !== null || message !== null)
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ do: fc.constant('default' as const), preset: fc.constantFrom('open', 'prompt', 'closed') }),
  { arbitrary: fc.record({ do: fc.constant('put' as const), rule }), weight: 4 },
  fc.record({ do: fc.constant('remove' as const), from: side, to: side }),
  {
    arbitrary: fc.record({
      do: fc.constant('groups' as const),
      name: fc.constantFrom(...names),
      add: some,
      remove: some,
    }),
    weight: 3,
  },
  {
    arbitrary: fc.record({
      do: fc.constant('say' as const),
      name: fc.constantFrom(...names),
      rule: fc.constantFrom('allow', 'block', 'polite-block', 'confirm', null),
      watchers: fc.subarray([...names], { minLength: 1 }),
    }),
    weight: 4,
  },
  fc.record({ do: fc.constant('restart' as const), workers: fc.constantFrom(1, 3) }),
  fc.record({ do: fc.constant('restart-worker' as const), worker: fc.nat(2) }),
)

async function carryOut(world: ServerWorld, model: Model, each: Act): Promise<ServerWorld> {
  switch (each.do) {
    case 'default':
      model.preset = each.preset
      expect(world.policy(null, { act: 'set-default', default: each.preset })).toMatchObject({ ok: true })
      return world
    case 'put':
      model.put(each.rule)
      expect(world.policy(null, { act: 'put-rule', rule: each.rule })).toMatchObject({ ok: true, unconfirmed: [] })
      return world
    case 'remove': {
      const before = model.rules.length
      model.rules = model.rules.filter(({ from, to }) => from !== each.from || to !== each.to)
      const reply = world.policy(null, { act: 'remove-rule', from: each.from, to: each.to })
      expect(reply.ok).toBe(model.rules.length < before)
      return world
    }
    case 'groups': {
      const mine = model.groups.get(each.name)!
      for (const group of each.remove) mine.delete(group)
      for (const group of each.add) mine.add(group)
      const reply = world.admin(each.name, { act: 'change-groups', add: each.add, remove: each.remove })
      expect(reply).toMatchObject({ ok: true, unconfirmed: [] })
      return world
    }
    case 'say': {
      for (const watcher of each.watchers) {
        if (each.rule) model.said.set(`${each.name} ${watcher}`, each.rule)
        else model.said.delete(`${each.name} ${watcher}`)
      }
      const watchers = each.watchers.map(aorOf)
      const reply = world.policy(each.name, { act: 'set-user-rule', rule: each.rule, watchers })
      expect(reply).toMatchObject({ ok: true, unconfirmed: [] })
      return world
    }
    case 'restart':
      return world.restart(each.workers)
    case 'restart-worker':
      if (each.worker < world.workersCount) await world.restartWorker(each.worker)
      return world
  }
}

function compare(world: ServerWorld, model: Model): void {
  for (const from of names) {
    const account: PolicyParty = world.coreOf(from).services.accounts.find(aorOf(from))!.account
    for (const to of names) {
      const { policy } = world.coreOf(to).services
      const found = [policy.maySee(account, aorOf(to)), policy.mayMessage(account, aorOf(to))]
      expect(found, `${from} → ${to}`).toEqual([model.see(from, to), model.message(from, to)])
    }
  }
}

describe('policy', () => {
  it('decides every pair as the model does, after every acknowledged act', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 12 }), async (acts) => {
        const model = new Model()
        let world = await ServerWorld.start({ workers: 3, users: names })
        for (const each of acts) {
          world = await carryOut(world, model, each)
          compare(world, model)
        }
      }),
      { numRuns: 150 },
    )
  })
})
