/**
 * A server that is not what it was (promises P2 and P5): what a front end or a home may not say has no effect, whatever
 * it says, and the administrator sees who said it.
 */
import { describe, expect, it } from 'vitest'
import type { BusKind, BusMessage, ForwardMessage } from '../../../src/ports/bus.ts'
import type { FlowId } from '../../../src/ports/flows.ts'
import { shardOf } from '../../../src/ports/sharding.ts'
import type { Aor } from '../../../src/sip/uri/aor.ts'
import { aorOf } from '../../support/server-world.ts'
import { TopologyWorld } from '../../support/topology-world.ts'
import { WireClient } from '../../support/wire-client.ts'
import { everyKind } from '../runtime/bus-messages.ts'

const alice = aorOf('alice')
const bob = aorOf('bob')

/** What each role may send to a home at all; everything else is refused before anything of it is looked at. */
const allowed: Readonly<Record<'front-end' | 'home', readonly BusKind[]>> = {
  'front-end': ['request', 'forward', 'cancel', 'flow-died', 'flow-alive', 'outcome', 'whose', 'joined'],
  home: [
    'deliver',
    'locate',
    'forward',
    'cancel',
    'send',
    'flow-left',
    'epoch',
    'answer',
    'targets',
    'home-is',
    'wrong-home',
    'outcome',
    'watches',
    'verdicts',
    'state',
    'naming',
    'watch-check',
    'name-again',
    'barrier',
    'barrier-passed',
    'whose',
    'joined',
    'move-ask',
    'move-reply',
    'move-step',
    'move-answer',
    'look-again',
  ],
}

async function world() {
  const world = await TopologyWorld.start({
    'bad.test': { role: 'front-end' },
    'good.test': { role: 'front-end' },
    'one.test': { role: 'home', users: ['alice'] },
    'two.test': { role: 'home', users: ['bob'] },
  })
  return {
    world,
    alice: signedIn(world, 'good.test', 'alice'),
    bob: signedIn(world, 'bad.test', 'bob'),
  }
}

function signedIn(world: TopologyWorld, server: string, name: string): WireClient {
  const client = new WireClient(world.server(server), name)
  expect(client.register().statusCode).toBe(200)
  return client
}

function refusals(world: TopologyWorld, server: string): unknown[] {
  return world.server(server).log.flatMap(({ event, fields }) => (event === 'topology.message-refused' ? [fields] : []))
}

/** The newest message of this kind that crossed from one server to another, as it was sent. */
function crossed<Kind extends BusKind>(world: TopologyWorld, kind: Kind, from: string) {
  const found = world.crossed.filter((each) => each.message.kind === kind && each.from === from).at(-1)
  if (!found) throw new Error(`no ${kind} from ${from}`)
  return found.message as BusMessage & { readonly kind: Kind }
}

describe('kinds', () => {
  for (const [role, peer] of [
    ['front-end', 'bad.test'],
    ['home', 'two.test'],
  ] as const) {
    for (const kind of Object.keys(everyKind) as BusKind[]) {
      if (allowed[role].includes(kind)) continue
      it(`${kind} is refused from a ${role}`, async () => {
        const { world: servers } = await world()
        servers.forge(peer, 'one.test', everyKind[kind])
        expect(refusals(servers, 'one.test')).toMatchObject([{ peer, kind }])
        const labels = { peer, kind, reason: (refusals(servers, 'one.test')[0] as { reason: string }).reason }
        expect(servers.server('one.test').metric('meridian_link_messages_refused_total', labels)?.value).toBe(1)
      })
    }
  }
})

describe('a compromised front end', () => {
  it('speaks for nobody who signs in elsewhere: an identity that it asserts is not believed', async () => {
    const { world: servers, bob: client } = await world()
    client.message('alice', 'a')
    const request = crossed(servers, 'request', 'bad.test')
    const identity = { ...request.source.identity!, aor: alice, aliases: [] }
    const asAlice = { ...request, sender: alice, source: { ...request.source, identity } }
    servers.forge('bad.test', 'one.test', asAlice)
    expect(crossed(servers, 'answer', 'one.test')).toMatchObject({ identity: null, status: 407 })
  })

  it('cannot use the token of another front end, nor its own for another flow', async () => {
    const { world: servers, alice: client, bob: other } = await world()
    client.message('bob', 'a')
    const stolen = crossed(servers, 'request', 'good.test')
    other.message('alice', 'b')
    const own = crossed(servers, 'request', 'bad.test')
    servers.forge('bad.test', 'one.test', { ...stolen, source: { ...stolen.source, flow: own.source.flow } })
    expect(crossed(servers, 'answer', 'one.test').status).toBe(407)
    servers.forge('bad.test', 'one.test', stolen)
    expect(refusals(servers, 'one.test')).toMatchObject([{ kind: 'request', reason: 'flow-of-another' }])
    const anotherFlow = own.source.flow.replace('.1.1.', '.1.99.') as FlowId
    servers.forge('bad.test', 'two.test', { ...own, source: { ...own.source, flow: anotherFlow } })
    expect(crossed(servers, 'answer', 'two.test').status).toBe(407)
  })

  it('cannot forward in the name of whom it has no token for', async () => {
    const { world: servers, alice: client } = await world()
    const target = bindingTarget(servers)
    const forward = { ...everyKind.forward, target, sender: bob, recipient: alice } as ForwardMessage
    const source = { ...forward.source!, flow: `0.1.1.${servers.server('bad.test').bootId}` as FlowId }
    servers.forge('bad.test', 'one.test', { ...forward, source })
    expect(refusals(servers, 'one.test')).toMatchObject([{ kind: 'forward', reason: 'sender-not-proved' }])
    expect(client.inbox).toEqual([])
  })

  it('cannot say that flows of others are dead or alive', async () => {
    const { world: servers, alice: client } = await world()
    const { flow } = bindingTarget(servers)
    for (const kind of ['flow-died', 'flow-alive'] as const) {
      servers.forge('bad.test', 'one.test', { ...everyKind[kind], aor: alice, flow } as BusMessage)
    }
    expect(refusals(servers, 'one.test')).toMatchObject([{ reason: 'flow-of-another' }, { reason: 'flow-of-another' }])
    const sender = signedIn(servers, 'good.test', 'bob')
    expect(sender.message('alice', 'reached').statusCode).toBe(200)
    expect(client.requests('MESSAGE')).toHaveLength(1)
  })

  it('cannot answer for a device what another front end was asked', async () => {
    const { world: servers, alice: client } = await world()
    client.answerWith = null
    const sender = signedIn(servers, 'good.test', 'bob')
    const branch = sender.send('MESSAGE', { uri: 'sip:alice@example.test', body: 'x' })
    const { number, ...from } = crossed(servers, 'forward', 'one.test').from
    const outcome = { ...everyKind.outcome, response: null, status: 200 } as BusMessage
    for (let guess = number - 3; guess < number + 3; guess++) {
      servers.forge('bad.test', 'one.test', { ...outcome, to: { ...from, number: guess } } as BusMessage)
    }
    expect(sender.hasFinal(branch)).toBe(false)
    client.respond(client.request('MESSAGE'), 200)
    expect(sender.final(branch).statusCode).toBe(200)
  })
})

describe('a compromised home', () => {
  it('delivers for nobody whose home it is not', async () => {
    const { world: servers, alice: client } = await world()
    signedIn(servers, 'good.test', 'bob').message('alice', 'right')
    client.inbox.length = 0
    const right = crossed(servers, 'deliver', 'two.test')
    const party = { ...right.party, aor: alice }
    const operationId = 'another'
    servers.forge('two.test', 'one.test', { ...right, operationId, sender: alice, party })
    expect(client.inbox).toEqual([])
    expect(refusals(servers, 'one.test')).toMatchObject([{ kind: 'deliver', reason: 'user-of-another-home' }])
    servers.forge('two.test', 'one.test', { ...right, operationId, party })
    expect(refusals(servers, 'one.test').at(-1)).toMatchObject({ reason: 'party-of-another' })
    servers.forge('two.test', 'one.test', { ...right, operationId })
    expect(client.inbox).toHaveLength(1)
  })

  it('says nothing of what others show, and watches for nobody but its users', async () => {
    const { world: servers } = await world()
    const state = { ...everyKind.state, presentity: alice } as BusMessage
    const watches = { ...everyKind.watches, watcher: alice, party: { aor: alice, aliases: [], groups: [] } } as const
    const entries = [{ presentity: alice, known: null }]
    servers.forge('two.test', 'one.test', state)
    servers.forge('two.test', 'one.test', { ...watches, entries } as BusMessage)
    servers.forge('two.test', 'one.test', { ...watches, watcher: bob, entries } as BusMessage)
    expect(refusals(servers, 'one.test')).toMatchObject([
      { kind: 'state', reason: 'user-of-another-home' },
      { kind: 'watches', reason: 'user-of-another-home' },
      { kind: 'watches', reason: 'party-of-another' },
    ])
  })

  it('reaches no device of another home’s users at a front end, and ends no flow of theirs', async () => {
    const { world: servers, alice: client } = await world()
    const target = bindingTarget(servers)
    const forward = { ...everyKind.forward, target, sender: bob, recipient: alice } as BusMessage
    servers.forge('two.test', 'good.test', forward)
    servers.forge('two.test', 'good.test', { kind: 'epoch', aor: alice, epoch: Number.MAX_SAFE_INTEGER })
    expect(refusals(servers, 'good.test')).toMatchObject([{ kind: 'forward' }, { kind: 'epoch' }])
    expect(client.inbox).toEqual([])
    expect(client.closedBy).toBe(null)
  })
})

function bindingTarget(world: TopologyWorld): ForwardMessage['target'] {
  const core = world.server('one.test').cores[shardOf(alice as Aor, 1)]!
  const [device] = core.services.registrar.known(alice)
  return device!.targets[0]!
}
