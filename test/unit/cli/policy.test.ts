/**
 * The policy commands, by way of a real admin socket to a whole server in memory.
 */
import { describe, expect, it } from 'vitest'
import { adminWorlds } from '../../support/admin-world.ts'

const { stopped, running } = adminWorlds()

describe('the organisation’s policy', () => {
  it('is shown, changed and written down', async () => {
    const { run, audited } = await running()
    expect((await run('policy', 'show')).out).toBe(
      'default: open (from the configuration)\n\nno rules between groups\n',
    )
    expect((await run('policy', 'default', 'prompt')).out).toBe('the default is prompt\n')
    const added = await run('policy', 'rule', 'add', '--from', 'Research', '--to', 'Trading  Floor', '--see', 'forbid')
    expect([added.code, added.out]).toEqual([
      0,
      'from      to             see     message\nresearch  trading floor  forbid  -\n',
    ])
    const again = ['policy', 'rule', 'add', '--from', 'research', '--to', 'trading floor', '--message', 'forbid']
    expect((await run(...again)).out).toContain('research  trading floor  forbid  forbid')
    expect((await run('policy', 'rule', 'add', '--from', '*', '--to', 'board', '--see', 'prompt')).code).toBe(0)
    expect((await run('policy', 'show')).out).toContain('default: prompt (from `meridian policy default`)')
    expect((await run('policy', 'rule', 'list', '--json')).json.result).toEqual([
      { from: '*', to: 'board', see: 'prompt', message: null },
      { from: 'research', to: 'trading floor', see: 'forbid', message: 'forbid' },
    ])
    const removed = await run('policy', 'rule', 'remove', '--from', 'research', '--to', 'trading floor')
    expect(removed.out).toBe('from  to     see     message\n*     board  prompt  -\n')
    expect(audited.map(({ event, detail }) => `${event} ${detail}`)).toEqual([
      'policy.default prompt',
      'policy.rule-put from research to trading floor: see forbid',
      'policy.rule-put from research to trading floor: message forbid',
      'policy.rule-put from * to board: see prompt',
      'policy.rule-removed from research to trading floor',
    ])
  })

  it.each([
    [['policy', 'default', 'ajar'], 'is no default; there are open, prompt, closed', 64],
    [['policy', 'rule', 'add', '--from', 'a', '--see', 'allow'], '--from <group> --to <group>', 64],
    [['policy', 'rule', 'add', '--from', 'a', '--to', 'b'], 'say what the rule is', 64],
    [['policy', 'rule', 'add', '--from', 'a', '--to', 'b', '--see', 'perhaps'], 'Allowed choices are', 64],
    [['policy', 'rule', 'add', '--from', 'a;b', '--to', 'b', '--see', 'allow'], 'is no name of a group', 64],
    [['policy', 'rule', 'remove', '--from', 'a', '--to', 'b'], 'there is no rule from a to b', 1],
    [['policy', 'rule', 'remove', '--from', 'a'], '--from <group> --to <group>', 64],
    [['policy', 'show', 'nobody'], 'is no user of this server', 1],
    [['policy', 'block', 'nobody', 'alice'], 'is no user of this server', 1],
    [['policy', 'block', 'bob', 'nobody'], 'is no user of this server', 1],
    [['policy', 'block', 'bob', 'x@elsewhere.test'], 'is not in a domain of this server', 64],
    [['policy', 'block', 'bob'], 'missing required argument', 64],
  ] as const)('%j is refused', async (argv, message, code) => {
    const { run, audited } = await running()
    const ran = await run(...argv)
    expect(ran.err).toContain(message)
    expect([ran.code, audited]).toEqual([code, []])
  })
})

describe('a user’s own rules', () => {
  it('are shown, changed and written down; a watcher is meant by any of his names', async () => {
    const { run, audited } = await running()
    expect((await run('policy', 'show', 'bob')).out).toBe('sip:bob@example.test has no rules of his own\n')
    const blocked = await run('policy', 'block', 'bob', 'al', 'alice', 'carol')
    expect([blocked.code, blocked.out]).toEqual([
      0,
      'watcher                 rule\nsip:alice@example.test  block\nsip:carol@example.test  block\n',
    ])
    expect((await run('policy', 'polite-block', 'bob', 'carol')).out).toContain('sip:carol@example.test  polite-block')
    expect((await run('policy', 'prompt', 'bob', 'carol')).out).toContain('sip:carol@example.test  prompt')
    expect((await run('policy', 'allow', 'bob', 'carol')).out).toContain('sip:carol@example.test  allow')
    expect((await run('policy', 'forget', 'bob', 'carol')).out).toBe(
      'watcher                 rule\nsip:alice@example.test  block\n',
    )
    expect((await run('policy', 'show', 'bob', '--json')).json.result).toEqual({
      aor: 'sip:bob@example.test',
      rules: [{ watcher: 'sip:alice@example.test', rule: 'block' }],
      unreadable: false,
    })
    expect(audited.map(({ event, subject, detail, revokes }) => ({ event, subject, detail, revokes }))[0]).toEqual({
      event: 'policy.block',
      subject: 'sip:bob@example.test',
      detail: 'sip:alice@example.test sip:carol@example.test',
      revokes: true,
    })
    expect(audited.map(({ revokes }) => revokes)).toEqual([true, true, true, false, true])
  })

  it('who is gone can still be forgotten', async () => {
    const { run, world } = await running()
    await run('policy', 'allow', 'bob', 'carol')
    world.admin('carol', { act: 'remove' })
    expect((await run('policy', 'forget', 'bob', 'carol')).out).toBe('sip:bob@example.test has no rules of his own\n')
  })
})

describe('a change that not everybody confirms', () => {
  it('is done, with a warning that names who has not, and exit code 2', async () => {
    const { run, world } = await running()
    world.cores[1]!.services.policy.onChange(() => undefined)
    const ran = await run('policy', 'default', 'closed')
    expect([ran.code, ran.out]).toEqual([2, 'the default is closed\n'])
    expect(ran.err).toContain('worker 1 has not confirmed it within 2 s')
  })
})

it('without a server there is nothing to change, and it is said so', async () => {
  const { run } = await stopped()
  for (const argv of [
    ['policy', 'show'],
    ['policy', 'default', 'open'],
    ['policy', 'show', 'alice'],
  ]) {
    const ran = await run(...argv)
    expect([ran.code, ran.out]).toEqual([1, ''])
    expect(ran.err).toContain('the server does not run; start it')
  }
})
