/**
 * P3 where a user has a say: who is blocked is told so and no more; who is blocked politely is told what a user without
 * a device would answer, and cannot tell the two apart (P3's one exception, DESIGN §8.4).
 */
import { describe, expect, it } from 'vitest'
import type { SeeVerdict } from '../../src/ports/policy.ts'
import { documentKey, documentRecord } from '../../src/ports/records/document.ts'
import { quarantineKey, quarantineRecord } from '../../src/ports/records/quarantine.ts'
import type { SipMessage } from '../../src/sip/message/sip-message.ts'
import { aorOf, ServerWorld } from '../support/server-world.ts'
import { sendInvite, signedIn } from '../support/sessions.ts'
import { WireClient } from '../support/wire-client.ts'

function setRule(world: ServerWorld, user: string, rule: SeeVerdict | null, ...watchers: readonly string[]): void {
  const reply = world.policy(user, { act: 'set-user-rule', rule, watchers: watchers.map(aorOf) })
  expect(reply).toMatchObject({ ok: true, unconfirmed: [] })
}

/** All that a sender gets to see of an answer, without what is its own request's or nobody's (tags, dates). */
function seen(answer: SipMessage, recipient: string): string {
  const text = answer.bytes.toString('latin1').replaceAll(recipient, 'RECIPIENT')
  return text
    .split('\r\n')
    .filter((line) => !/^(?:Via|CSeq|Call-ID|Date):/i.test(line))
    .join('\n')
    .replaceAll(/;tag=[^\s;]+/g, '')
}

describe.each([1, 3])('P3 and what users say, with %i workers', (workers) => {
  /** Bob is on line; Dave has never signed in. */
  async function people() {
    const world = await ServerWorld.start({ workers, users: ['bob', 'dave', 'carol'] })
    world.addUser('alice', { aliases: ['al'] })
    const [alice, bob] = signedIn(new WireClient(world, 'alice'), new WireClient(world, 'bob'))
    bob.answerWith = 200
    return { world, alice, bob }
  }

  it('a blocked sender is answered 403, in the words of an organisation that forbids', async () => {
    const { world, alice, bob } = await people()
    setRule(world, 'bob', 'block', 'alice')
    const blocked = alice.message('bob', 'hello')
    world.policy(null, { act: 'put-rule', rule: { from: '*', to: '*', see: null, message: 'forbid' } })
    setRule(world, 'bob', null, 'alice')
    const forbidden = alice.message('bob', 'hello')
    expect(blocked.statusCode).toBe(403)
    expect(seen(blocked, 'bob')).toBe(seen(forbidden, 'bob'))
    expect(bob.requests('MESSAGE')).toEqual([])
    expect(world.admin('bob', { act: 'show' })).toMatchObject({ mailboxMessages: 0 })
  })

  it('a block is one way, is of everything that reaches devices, and is taken back', async () => {
    const { world, alice, bob } = await people()
    setRule(world, 'bob', 'block', 'alice')
    expect(alice.final(sendInvite(alice, 'bob')).statusCode).toBe(403)
    alice.answerWith = 200
    expect(bob.message('alice', 'you cannot answer').statusCode).toBe(200)
    setRule(world, 'bob', null, 'alice')
    expect(alice.message('bob', 'at last').statusCode).toBe(200)
  })

  it('a blocked sender is blocked by every name that he writes by', async () => {
    const { world, alice } = await people()
    setRule(world, 'bob', 'block', 'alice')
    expect(alice.message('bob', 'x', { from: '<sip:al@example.test>;tag=a' }).statusCode).toBe(403)
  })

  it('prompt and allow let messages pass', async () => {
    const { world, alice } = await people()
    for (const rule of ['confirm', 'allow'] as const) {
      setRule(world, 'bob', rule, 'alice')
      expect(alice.message('bob', rule).statusCode).toBe(200)
    }
  })

  it.each([
    ['a message', (client: WireClient, to: string) => client.message(to, 'hello'), 202],
    [
      'a composing notice',
      (client: WireClient, to: string) =>
        client.message(to, '<isComposing/>', { contentType: 'application/im-iscomposing+xml' }),
      480,
    ],
    [
      'a message with Expires: 0',
      (client: WireClient, to: string) => client.message(to, 'now', { headers: [['Expires', '0']] }),
      480,
    ],
    ['a call', (client: WireClient, to: string) => client.final(sendInvite(client, to)), 480],
    [
      'a question about capabilities',
      (client: WireClient, to: string) => client.authenticated('OPTIONS', { uri: `sip:${to}@example.test` }),
      480,
    ],
  ] as const)('%s to who blocks politely is answered as to a user without a device', async (_, send, status) => {
    const { world, alice, bob } = await people()
    setRule(world, 'bob', 'polite-block', 'alice')
    const blocked = send(alice, 'bob')
    const away = send(alice, 'dave')
    expect([blocked.statusCode, seen(blocked, 'bob')]).toEqual([status, seen(away, 'dave')])
    expect(bob.inbox.filter(({ isRequest }) => isRequest)).toEqual([])
    expect(world.admin('bob', { act: 'show' })).toMatchObject({ mailboxMessages: 0 })
  })

  it('the 202 of a polite block takes a flush, as the other one does, and says 503 when the store does', async () => {
    const { world, alice } = await people()
    setRule(world, 'bob', 'polite-block', 'alice')
    world.disk.autoFlush = false
    const sent = ['bob', 'dave'].map((to) => alice.send('MESSAGE', { uri: `sip:${to}@example.test`, body: 'x' }))
    expect(sent.map((branch) => alice.hasFinal(branch))).toEqual([false, false])
    world.disk.flush()
    world.settle()
    expect(sent.map((branch) => alice.final(branch).statusCode)).toEqual([202, 202])
    world.disk.autoFlush = true
    const refused = ['bob', 'dave'].map((to) => {
      world.disk.failNext('refused')
      return seen(alice.message(to, 'y'), to)
    })
    expect(refused[0]).toContain('503')
    expect(refused[0]).toBe(refused[1])
  })

  it('a restart forgets nothing that was said', async () => {
    const { world } = await people()
    setRule(world, 'bob', 'block', 'alice')
    const next = await world.restart()
    expect(new WireClient(next, 'alice').message('bob', 'x').statusCode).toBe(403)
    expect(new WireClient(next, 'carol').message('bob', 'x').statusCode).toBe(202)
  })

  it('a change that the store refuses is not in force and not acknowledged', async () => {
    const { world, alice } = await people()
    world.disk.failNext('refused')
    const reply = world.policy('bob', { act: 'set-user-rule', rule: 'block', watchers: [aorOf('alice')] })
    expect(reply).toMatchObject({ ok: false, error: 'unavailable' })
    for (let turn = 0; turn < 3; turn++) await null
    world.settle()
    expect(alice.message('bob', 'x').statusCode).toBe(200)
  })

  it('rules that were lost close a user to all until something is said anew (DESIGN §7.6)', async () => {
    const { world } = await people()
    const key = documentKey(aorOf('bob'), 'pres-rules', 'index')
    const bytes = documentRecord.encode({
      auid: 'pres-rules',
      name: 'index',
      contentType: 'x',
      bytes: Buffer.from('damaged'),
      etag: 'e',
      changedMs: 1,
    })
    const kept = quarantineRecord.encode({ key, reason: 'checksum', atMs: 1, bytes })
    const disk = world.disk.crash()
    disk.attach(9, 1).commit([{ key: quarantineKey(key), value: kept }])
    disk.flush()
    const next = await ServerWorld.start({ workers, users: [], disk })
    const carol = new WireClient(next, 'carol')
    expect(carol.message('bob', 'x').statusCode).toBe(403)
    expect(carol.message('dave', 'x').statusCode).toBe(202)
    expect(next.policy('bob', { act: 'show-user' })).toMatchObject({ user: { unreadable: true, rules: [] } })
    setRule(next, 'bob', 'block', 'alice')
    expect(carol.message('bob', 'x').statusCode).toBe(202)
    expect(next.policy('bob', { act: 'show-user' })).toMatchObject({
      user: { unreadable: false, rules: [{ watcher: 'sip:alice@example.test', rule: 'block' }] },
    })
  })

  it('who was removed and comes back as another has no rules', async () => {
    const { world, alice } = await people()
    setRule(world, 'bob', 'block', 'alice')
    expect(alice.message('bob', 'x').statusCode).toBe(403)
    world.admin('bob', { act: 'remove' })
    world.addUser('bob')
    expect(alice.message('bob', 'x').statusCode).toBe(202)
    expect(world.policy('bob', { act: 'show-user' })).toMatchObject({ user: { rules: [] } })
  })

  it('a rule that the user’s own program has made counts, by whichever name it speaks of the sender', async () => {
    const { world, alice } = await people()
    const text =
      '<ruleset xmlns="urn:ietf:params:xml:ns:common-policy" ' +
      'xmlns:p="urn:ietf:params:xml:ns:pres-rules"><rule id="a">' +
      '<conditions><identity><one id="sip:al@example.test"/></identity></conditions>' +
      '<actions><p:sub-handling>block</p:sub-handling></actions></rule></ruleset>'
    const bob = aorOf('bob')
    const { shard, services } = world.coreOf('bob')
    shard.run({ who: bob, what: 'test', hash: '' }, (unit) => {
      const of = { auid: 'pres-rules', name: 'index', contentType: 'application/auth-policy+xml' }
      services.documents.put(unit, bob, of, Buffer.from(text), () => undefined)
    })
    world.settle()
    expect(alice.message('bob', 'x').statusCode).toBe(403)
  })
})
