/**
 * The presence commands, by way of a real admin socket to a whole server in memory.
 */
import { expect, it } from 'vitest'
import { readTime } from '../../../src/cli/presence/report.ts'
import { adminWorlds } from '../../support/admin-world.ts'
import { startOfTimeMs } from '../../support/server-world.ts'
import { pidf, publish, subscribe } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

const { stopped, running } = adminWorlds()

it('sets, shows and clears what is shown of a user', async () => {
  const { run, world, audited } = await running()
  const empty = await run('presence', 'show', 'alice')
  expect(empty.out).toContain('state:    closed')
  expect(empty.out).toContain('nobody says anything')
  const set = await run('presence', 'set', 'al', '--activity', 'vacation', '--note', 'ask Bob', '--status', 'closed')
  expect([set.code, set.err]).toEqual([0, ''])
  const { result } = (await run('presence', 'show', 'alice', '--json')).json as { result: Record<string, unknown> }
  expect(result).toMatchObject({ basic: 'closed', activity: 'vacation', notes: ['ask Bob'], devicesOnline: 0 })
  const alice = new WireClient(world, 'alice')
  alice.register()
  publish(alice, pidf('alice', 'at my desk'))
  const both = await run('presence', 'show', 'alice')
  expect(both.out).toContain('state:    open')
  expect(both.out).toMatch(/^device +\S+ +yes .*\nadministrator +- +yes /m)
  expect((await run('presence', 'show', 'alice', '--xml')).out).toContain('<rpid:vacation/>')
  expect((await run('presence', 'clear', 'alice')).code).toBe(0)
  expect((await run('presence', 'show', 'alice', '--xml')).out).toBe(`${pidf('alice', 'at my desk')}\n`)
  const again = await run('presence', 'clear', 'alice')
  expect([again.code, again.err]).toEqual([1, expect.stringContaining('no administrator has set anything')])
  expect(audited.map(({ event, subject, detail }) => `${event} ${subject}: ${detail}`)).toEqual([
    'presence.set sip:alice@example.test: administrator, closed, vacation, a note',
    'presence.clear sip:alice@example.test: administrator',
  ])
})

it('lists who watches a user, what he sees, and since when', async () => {
  const { run, world } = await running()
  const [bob, carol] = [new WireClient(world, 'bob'), new WireClient(world, 'carol')]
  for (const client of [bob, carol]) client.register()
  expect((await run('presence', 'watchers', 'alice')).out).toBe('nobody watches sip:alice@example.test\n')
  subscribe(bob, 'alice')
  world.advance(60_000)
  await run('policy', 'polite-block', 'alice', 'carol')
  subscribe(carol, 'alice')
  const at = (ms: number) => new Date(startOfTimeMs + ms).toISOString()
  expect((await run('presence', 'watchers', 'alice', '--json')).json.result).toEqual({
    aor: 'sip:alice@example.test',
    watchers: [
      { watcher: 'sip:bob@example.test', state: 'allow', since: at(0) },
      { watcher: 'sip:carol@example.test', state: 'polite-block', since: at(60_000) },
    ],
  })
  expect((await run('presence', 'watchers', 'alice')).out).toMatch(/bob@example.test +sees +20.*\n.*sees an absent/)
})

it.each([
  [['set', 'alice'], 64, 'nothing is said'],
  [['set', 'alice', '--activity', 'vaccation'], 64, 'is no activity'],
  [['set', 'alice', '--note', 'x', '--until', 'soon'], 64, 'is no time'],
  [['set', 'alice', '--note', 'x', '--until', '2001-01-01'], 64, 'in the past'],
  [['set', 'alice', '--note', 'two\nlines'], 64, 'one line'],
  [['set', 'alice', '--status', 'ajar'], 64, 'open, closed'],
  [['show', 'nobody'], 1, 'is no user of this server'],
  [['show', 'bob@elsewhere.test'], 64, 'not in a domain'],
])('%j is refused and changes nothing', async (argv, code, message) => {
  const { run, audited } = await running()
  const refused = await run('presence', ...argv)
  expect([refused.code, refused.err]).toEqual([code, expect.stringContaining(message)])
  expect((await run('presence', 'show', 'alice')).out).toContain('nobody says anything')
  expect(audited).toEqual([])
})

it('needs a server', async () => {
  const { run } = await stopped()
  const refused = await run('presence', 'show', 'alice')
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('the server does not run')])
})

it('understands times as people type them', () => {
  const nowMs = Date.UTC(2026, 0, 1)
  expect(readTime('90m', nowMs)).toBe(nowMs + 5_400_000)
  expect(readTime('3d', nowMs)).toBe(nowMs + 3 * 86_400_000)
  expect(readTime('2026-12-24T18:00Z', nowMs)).toBe(Date.UTC(2026, 11, 24, 18))
  expect(readTime('2026-12-24 18:00:30+01:00', nowMs)).toBe(Date.UTC(2026, 11, 24, 17, 0, 30))
  expect(readTime('2026-12-24', nowMs)).toBe(new Date(2026, 11, 24).getTime())
  for (const text of ['', '2026', '2026-13-01', '12:00', '5', '2026-12-24 25:00'])
    expect(readTime(text, nowMs)).toBe(null)
})
