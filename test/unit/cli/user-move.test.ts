/**
 * `meridian user move` and `adopt`, by way of a real admin socket to a whole server in memory that is alone: what they
 * refuse, and how. Moves themselves are in `test/unit/moving/` and `test/promises/p6-user-moves.long.test.ts`.
 */
import { expect, it } from 'vitest'
import { adminWorlds } from '../../support/admin-world.ts'

const { stopped, running } = adminWorlds()

it.each([
  [['move', 'alice'], 64, 'say where to: --to HOME'],
  [['move', 'alice', '--to', 'two.test'], 64, 'two.test is no server of the topology'],
  [['move', 'zoe', '--to', 'two.test'], 1, 'sip:zoe@example.test is no user of any home that answers'],
  [['move', 'a b', '--to', 'two.test'], 64, 'a b'],
  [['adopt', 'alice', '--copied'], 64, 'say --force, or use `meridian user move alice`'],
  [['adopt', 'al', '--force', '--copied'], 1, 'sip:alice@example.test is a user of this server already'],
  [['adopt', 'alice', '--force', '--generate'], 1, 'is a user of this server already'],
  [['adopt', 'zoe', '--force', '--copied'], 1, 'use `meridian user add`'],
])('user %j ends with %i and says why', async (argv, code, message) => {
  const { run, audited } = await running()
  const ran = await run('user', ...argv)
  expect([ran.code, ran.err]).toEqual([code, expect.stringContaining(message)])
  expect(audited).toEqual([])
})

it('needs a server that runs', async () => {
  const { run } = await stopped()
  await run('user', 'add', 'alice', '--generate')
  for (const argv of [
    ['move', 'alice', '--to', 'two.test'],
    ['adopt', 'alice', '--force', '--copied'],
  ]) {
    expect((await run('user', ...argv)).err).toContain('users are moved and adopted while it does')
  }
})
