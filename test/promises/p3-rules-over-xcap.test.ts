/**
 * Presence rules that a user's program writes by XCAP (DESIGN §11.5): a success is answered only when every worker
 * follows them. Where one has not said so in time the answer is 503, and so is every further one until it has.
 */
import { describe, expect, it } from 'vitest'
import { aorOf, ServerWorld } from '../support/server-world.ts'
import { subscribe } from '../support/watching.ts'
import { WireClient } from '../support/wire-client.ts'
import { XcapClient } from '../support/xcap-client.ts'
import { rules, types } from '../support/xcap-documents.ts'

const workers = 3

function saying(verdict: string): string {
  const who = '<conditions><identity><one id="sip:alice@example.test"/></identity></conditions>'
  return rules(`<rule id="a">${who}<actions><pr:sub-handling>${verdict}</pr:sub-handling></actions></rule>`)
}

/** Alice watches Bob from another worker than his; `silence` makes that one hang. */
async function start() {
  const world = await ServerWorld.start({ workers })
  const [alice, bob] = [new WireClient(world, 'alice'), new WireClient(world, 'bob')]
  for (const client of [alice, bob]) client.register()
  subscribe(alice, 'bob')
  const home = world.coreOf('bob').shard.worker
  const program = new XcapClient(world, 'bob', { worker: home })
  const path = program.path('pres-rules')
  const put = (body: string) => program.put(path, types.rules, body)
  const watching = world.coreOf('alice').shard.worker
  expect(watching).not.toBe(home)
  const silence = () => void world.down.add(watching)
  const speak = () => {
    world.down.delete(watching)
    world.settle()
  }
  return { world, program, path, put, home, watching, silence, speak }
}

describe('rules over XCAP', () => {
  it('are answered 200 when the worker of the watcher follows, and 503 when it has not said so in time', async () => {
    const { put, silence } = await start()
    expect(put(saying('allow')).status).toBe(201)
    silence()
    const late = put(saying('block'))
    expect([late.status, late.header('Retry-After'), late.etag]).toEqual([503, '2', null])
    expect(late.body).toContain('has not confirmed')
  })

  it('said again as they are promise nothing either, as long as that worker is silent', async () => {
    const { world, put, silence, speak } = await start()
    silence()
    for (let count = 0; count < 3; count++) {
      expect(put(saying('block')).status, `${count}`).toBe(503)
      world.advance(10_000)
    }
    // The command line sees no more than the user's own program.
    const act = { act: 'set-user-rule', rule: 'block', watchers: [aorOf('alice')] } as const
    const reply = world.askPolicy('bob', act)
    world.advance(2_000)
    expect(reply()).toMatchObject({ ok: true, unconfirmed: [world.coreOf('bob').shard.worker] })
    speak()
    expect(world.policy('bob', act)).toMatchObject({ ok: true, unconfirmed: [] })
  })

  it('said again are answered 200 when the worker speaks again, with the tag of what is there', async () => {
    const { program, path, put, silence, speak } = await start()
    silence()
    expect(put(saying('block')).status).toBe(503)
    speak()
    const { etag } = program.get(path)
    expect(put(saying('block'))).toMatchObject({ status: 200, etag })
  })

  it('or when the worker was started anew', async () => {
    const { world, put, watching, silence } = await start()
    silence()
    expect(put(saying('block')).status).toBe(503)
    await world.restartWorker(watching)
    expect(put(saying('block')).status).toBe(200)
  })

  it('of somebody else do not wait for what his watchers have nothing to do with', async () => {
    const { world, put, home, silence } = await start()
    silence()
    expect(put(saying('block')).status).toBe(503)
    world.advance(10_000)
    world.addUser('carol')
    const carol = new XcapClient(world, 'carol', { worker: home })
    expect(carol.put(carol.path('pres-rules'), types.rules, saying('block')).status).toBe(201)
  })

  it('that are removed are answered in the same way', async () => {
    const { program, path, put, silence } = await start()
    expect(put(saying('polite-block')).status).toBe(201)
    silence()
    expect(program.delete(path).status).toBe(503)
    expect(program.get(path).status).toBe(404)
  })
})
