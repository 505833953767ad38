/**
 * P2 and P4 when a worker dies: its users are read again, the others go on, and what named its flows finds nothing
 * rather than somebody else.
 */
import { describe, expect, it } from 'vitest'
import { shardOf } from '../../src/ports/sharding.ts'
import { bodyOf } from '../support/played-messages.ts'
import { contactsOf, fetchBindings } from '../support/registrations.ts'
import { aorOf, ServerWorld } from '../support/server-world.ts'
import { sendInvite, signedIn } from '../support/sessions.ts'
import { WireClient } from '../support/wire-client.ts'

const workers = 3

/** A user whose shard is this worker. */
function userOf(worker: number, which = 0): string {
  const names = Array.from({ length: 60 }, (_, number) => `user${number}`)
  return names.filter((name) => shardOf(aorOf(name), workers) === worker)[which]!
}

const [dead, other, third] = [0, 1, 2]

describe('a worker of three dies', () => {
  async function people() {
    const names = [dead, other, third].flatMap((worker) => [userOf(worker), userOf(worker, 1)])
    const world = await ServerWorld.start({ workers, users: names })
    return world
  }

  it('P4: users and flows of the other workers go on while it is down', async () => {
    const world = await people()
    const a = new WireClient(world, userOf(other), { worker: other })
    const b = new WireClient(world, userOf(third), { worker: third })
    a.register()
    b.register()
    world.down.add(dead)
    expect(a.message(userOf(third), 'go on').statusCode).toBe(200)
    expect(bodyOf(b.request('MESSAGE'))).toBe('go on')
    expect(a.register().statusCode).toBe(200)
  })

  it('P3: whoever needs its users hears 503 with Retry-After at once, not by a deadline', async () => {
    const world = await people()
    const a = new WireClient(world, userOf(other), { worker: other })
    a.register()
    world.down.add(dead)
    const to = userOf(dead)
    const statuses = ['MESSAGE', 'OPTIONS'].map((method) => {
      const answer = a.final(a.send(method, { uri: `sip:${to}@example.test`, body: 'x', callId: method }))
      return [answer.statusCode, answer.named('Retry-After') !== null]
    })
    expect(statuses).toEqual([
      [503, true],
      [503, true],
    ])
    const own = new WireClient(world, to, { worker: other })
    expect(own.register().statusCode).toBe(503)
    await world.restartWorker(dead)
    expect(a.message(to, 'now').statusCode).toBe(202)
  })

  it('P2: its flows are unreachable: messages to them are stored at once, and come with the device', async () => {
    const world = await people()
    const a = new WireClient(world, userOf(other), { worker: other })
    const b = new WireClient(world, userOf(third), { worker: dead })
    a.register()
    b.register()
    world.down.add(dead)
    expect(a.message(userOf(third), 'while down').statusCode).toBe(202)
    await world.restartWorker(dead)
    // Somebody else's flow gets the number that the dead one had.
    const stranger = new WireClient(world, userOf(dead), { worker: dead })
    stranger.register()
    expect(a.message(userOf(third), 'after').statusCode).toBe(202)
    world.advance(60_000)
    expect(stranger.requests('MESSAGE')).toEqual([])
    const back = new WireClient(world, userOf(third), { worker: dead, instance: b.instance })
    back.register()
    world.advance(1_000)
    expect(back.requests('MESSAGE').map(bodyOf)).toEqual(['while down', 'after'])
    expect(world.logged('message.set-aside')).toBe(0)
  })

  it('P3: a caller hears at once that the worker died with which the callee rang (RFC 3261 §16.9)', async () => {
    const world = await people()
    const a = new WireClient(world, userOf(other), { worker: other })
    const b = new WireClient(world, userOf(third), { worker: dead })
    signedIn(a, b)
    const branch = sendInvite(a, userOf(third))
    b.respond(b.request('INVITE'), 180, [['Contact', `<${b.contact}>`]])
    world.killWorker(dead)
    // A flow that broke counts as 503, which a proxy does not pass on as its own (§16.7 step 6): not reachable.
    expect(a.final(branch).statusCode).toBe(480)
  })

  it('P3: a message under way to a flow of that worker is stored at once, and comes with the device', async () => {
    const world = await people()
    const a = new WireClient(world, userOf(other), { worker: other })
    const b = new WireClient(world, userOf(third), { worker: dead })
    signedIn(a, b)
    const branch = a.send('MESSAGE', { uri: `sip:${userOf(third)}@example.test`, body: 'under way' })
    world.killWorker(dead)
    expect(a.final(branch).statusCode).toBe(202)
    await world.restartWorker(dead)
    const back = new WireClient(world, userOf(third), { worker: dead, instance: b.instance })
    back.register()
    world.advance(1_000)
    expect(back.requests('MESSAGE').map(bodyOf)).toEqual(['under way'])
  })

  it('P4: a worker that refused asks for a while still has its flows: their devices are reached again', async () => {
    const world = await people()
    const a = new WireClient(world, userOf(other), { worker: other })
    const b = new WireClient(world, userOf(third), { worker: dead })
    a.register()
    b.register()
    world.down.add(dead)
    expect(a.message(userOf(third), 'refused', { callId: 'one' }).statusCode).toBe(202)
    world.down.delete(dead)
    world.advance(60_000)
    expect(b.requests('MESSAGE').map(bodyOf)).toEqual(['refused'])
    expect(a.message(userOf(third), 'live', { callId: 'two' }).statusCode).toBe(200)
  })

  it('P2: a binding that names a flow of an earlier incarnation is told so by the first message to it', async () => {
    const world = await people()
    const a = new WireClient(world, userOf(other), { worker: other })
    const b = new WireClient(world, userOf(third), { worker: dead })
    a.register()
    b.register()
    await world.restartWorker(dead)
    const online = () => {
      const shown = world.admin(userOf(third), { act: 'show' })
      return shown.ok && shown.devices.map((device) => device.online)
    }
    expect(online()).toEqual([true])
    for (let count = 0; count < 4; count++) {
      expect(a.message(userOf(third), `message ${count}`, { callId: `c${count}` }).statusCode).toBe(202)
    }
    expect(online()).toEqual([false])
    world.advance(120_000)
    const back = new WireClient(world, userOf(third), { worker: other, instance: b.instance })
    back.register()
    world.advance(1_000)
    expect(back.requests('MESSAGE').map(bodyOf)).toEqual(['message 0', 'message 1', 'message 2', 'message 3'])
    expect(world.logged('message.set-aside')).toBe(0)
  })

  it('P1: its users are read again: bindings and mail are there, devices unconfirmed until heard from', async () => {
    const world = await people()
    const name = userOf(dead)
    const device = new WireClient(world, name, { worker: other })
    device.register()
    const absent = userOf(dead, 1)
    const a = new WireClient(world, userOf(other), { worker: other })
    a.register()
    expect(a.message(absent, 'kept').statusCode).toBe(202)
    await world.restartWorker(dead)
    expect(contactsOf(fetchBindings(device))).toHaveLength(1)
    expect(device.register().statusCode).toBe(200)
    expect(a.message(name, 'live').statusCode).toBe(200)
    const back = new WireClient(world, absent, { worker: third })
    back.register()
    world.advance(1_000)
    expect(back.requests('MESSAGE').map(bodyOf)).toEqual(['kept'])
  })

  it('P2: a flow that died while the shard of its user was down is told when that is back', async () => {
    const world = await people()
    const name = userOf(dead)
    const device = new WireClient(world, name, { worker: other })
    device.register()
    await world.restartWorker(dead)
    device.register()
    world.down.add(dead)
    device.close()
    await world.restartWorker(dead)
    const shown = world.admin(name, { act: 'show' })
    expect(shown.ok && shown.devices.map(({ online }) => online)).toEqual([false])
  })

  it('P2: a UDP peer of the dead worker gets nothing by its old flow, and is served by a new one', async () => {
    const world = await people()
    const a = new WireClient(world, userOf(other), { worker: other })
    a.register()
    const options = { transport: 'udp', worker: dead, port: 33_000 } as const
    const before = new WireClient(world, userOf(third), options)
    before.register()
    await world.restartWorker(dead)
    expect(a.message(userOf(third), 'early').statusCode).toBe(202)
    const after = new WireClient(world, userOf(third), { ...options, instance: before.instance })
    expect(after.register().statusCode).toBe(200)
    world.advance(1_000)
    expect(after.requests('MESSAGE').map(bodyOf)).toEqual(['early'])
    expect(before.requests('MESSAGE')).toEqual([])
  })

  it('P2: answers that a dead worker waited for do not meet the requests of its successor', async () => {
    const world = await people()
    const b = new WireClient(world, userOf(third), { worker: other })
    b.register()
    b.answerWith = null
    const a = new WireClient(world, userOf(dead), { worker: dead })
    a.register()
    const lost = a.send('MESSAGE', { uri: `sip:${userOf(third)}@example.test`, body: 'one' })
    await world.restartWorker(dead)
    // As many requests as before, so that the successor's number is the one that the old answer names.
    const again = new WireClient(world, userOf(dead), { worker: dead })
    again.register()
    const waiting = again.send('MESSAGE', { uri: `sip:${userOf(third)}@example.test`, body: 'two' })
    b.respond(b.request('MESSAGE'), 200)
    expect([a.hasFinal(lost), again.hasFinal(waiting)]).toEqual([false, false])
    b.respond(b.request('MESSAGE'), 200)
    expect(again.final(waiting).statusCode).toBe(200)
  })
})
