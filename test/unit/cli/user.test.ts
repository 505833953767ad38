/**
 * The user commands, directly on a store and by way of a running server's admin socket: the same either way.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { AdminServer } from '../../../src/admin/index.ts'
import { createAdminServer } from '../../../src/admin/index.ts'
import { openDirectBackend } from '../../../src/cli/direct-backend.ts'
import { loadConfig } from '../../../src/config/index.ts'
import { meridian, type OutsideOptions } from '../../support/command-line.ts'
import { dataFolders } from '../../support/data-folder.ts'

const newFolder = dataFolders()
const closers: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

type Run = (argv: readonly string[], more?: Partial<OutsideOptions>) => ReturnType<typeof meridian>

async function stopped(): Promise<{ run: Run; cwd: string }> {
  const cwd = newFolder()
  await meridian(['init', '--folder', cwd], { cwd: '/' })
  return { cwd, run: (argv, more = {}) => meridian(argv, { cwd, ...more }) }
}

/** The same folder with somebody who has the store open and answers on the admin socket. */
async function running(): Promise<{ run: Run; cwd: string }> {
  const place = await stopped()
  const loaded = loadConfig({ file: 'meridian.yaml', env: {}, cwd: place.cwd })
  if (!loaded.ok) throw new Error('configuration')
  const direct = await openDirectBackend(loaded.config)
  if (!direct.ok) throw new Error(direct.message)
  const socketPath = join(place.cwd, 'data', 'admin.sock')
  const started = await createAdminServer({ socketPath, handlers: direct.backend })
  if (!started.ok) throw new Error(started.message)
  const server: AdminServer = started.server
  closers.push(async () => {
    await server.close()
    await direct.close()
  })
  return place
}

const longPassword = 'correct horse battery'

it('a front end adds nobody, and shows and removes who was there before it was one', async () => {
  const { run } = await stopped()
  await run(['user', 'add', 'alice'], { stdin: longPassword })
  const env = {
    MERIDIAN__SERVER__ROLE: 'front-end',
    MERIDIAN__SERVER__NAME: 'front1.example.test',
    MERIDIAN__TOPOLOGY__FILE: 'topology.yaml',
  }
  const refused = await run(['user', 'add', 'bob'], { stdin: longPassword, env })
  expect([refused.code, refused.err]).toEqual([64, expect.stringContaining('is a front end, which holds no users')])
  expect((await run(['user', 'list'], { env })).out).toContain('alice')
  expect((await run(['user', 'list'], { env })).out).not.toContain('bob')
  expect((await run(['user', 'remove', 'alice', '--yes'], { env })).code).toBe(0)
})

describe.each([
  ['a stopped server', stopped],
  ['a running server', running],
])('on %s', (_, place) => {
  it('a user is added, listed, shown, disabled, enabled and removed', async () => {
    const { run } = await place()
    const added = await run(['user', 'add', 'Alice', '--display-name', 'Alice L', '--alias', 'al'], {
      stdin: longPassword,
    })
    expect([added.code, added.out, added.err]).toEqual([0, 'added sip:alice@example.test\n', ''])
    expect((await run(['user', 'list', '--search', 'LICE', '--json'])).json.result).toMatchObject([
      { aor: 'sip:alice@example.test', displayName: 'Alice L', aliases: ['sip:al@example.test'], disabled: false },
    ])
    expect((await run(['user', 'show', 'al'])).out).toContain('address: sip:alice@example.test')
    expect((await run(['user', 'disable', 'alice'])).out).toBe('disabled sip:alice@example.test\n')
    expect((await run(['user', 'list', '--enabled'])).out).toBe('')
    expect((await run(['user', 'enable', 'alice'])).code).toBe(0)
    expect((await run(['user', 'remove', 'alice'])).code).toBe(64)
    expect((await run(['user', 'remove', 'alice', '--yes'])).out).toBe('removed sip:alice@example.test\n')
    expect((await run(['store', 'show', 'alice'])).code).toBe(1)
    expect((await run(['user', 'show', 'al'])).err).toBe('meridian: sip:al@example.test is no user of this server\n')
  })

  it('disabling, enabling and a new password each raise the epoch', async () => {
    const { run } = await place()
    const epoch = async () => (await run(['user', 'show', 'a', '--json'])).json.result.epoch as number
    await run(['user', 'add', 'a'], { stdin: longPassword })
    const first = await epoch()
    await run(['user', 'disable', 'a'])
    await run(['user', 'enable', 'a'])
    await run(['user', 'passwd', 'a'], { stdin: 'another password' })
    expect(await epoch()).toBe(first + 3)
  })

  it.each([
    [['user', 'add', 'alice'], 'is a user already', 1],
    [['user', 'add', 'bob', '--alias', 'alice'], 'is a user already', 1],
    [['user', 'add', 'al'], 'is another name of sip:alice@example.test already', 1],
    [['user', 'add', 'a b'], 'is no address of a user', 64],
    [['user', 'add', 'bob@elsewhere.test'], 'is not in a domain of this server', 64],
    [['user', 'add', 'bob', '--alias', 'bob'], 'is given twice', 64],
    [['user', 'passwd', 'nobody'], 'is no user of this server', 1],
    [['user', 'disable', 'nobody'], 'is no user of this server', 1],
  ] as const)('%j is refused', async (argv, message, code) => {
    const { run } = await place()
    await run(['user', 'add', 'alice', '--alias', 'al'], { stdin: longPassword })
    const ran = await run(argv, { stdin: longPassword })
    expect(ran.err).toContain(message)
    expect(ran.code).toBe(code)
  })

  it('groups are given, shown, searched for and changed, and leave the epoch alone', async () => {
    const { run } = await place()
    await run(['user', 'add', 'ann', '--group', 'Sales', 'Human  Resources'], { stdin: longPassword })
    await run(['user', 'add', 'bea'], { stdin: longPassword })
    const shown = await run(['user', 'show', 'ann', '--json'])
    expect(shown.json.result.groups).toEqual(['human resources', 'sales'])
    expect((await run(['user', 'list', '--group', 'SALES', '--json'])).json.result).toMatchObject([
      { aor: 'sip:ann@example.test' },
    ])
    const changed = await run(['user', 'groups', 'ann', '--remove', 'sales', 'nothing', '--add', 'trading'])
    expect([changed.code, changed.out]).toEqual([0, 'sip:ann@example.test is in human resources, trading\n'])
    expect((await run(['user', 'groups', 'bea', '--remove', 'sales'])).out).toBe(
      'sip:bea@example.test is in no group\n',
    )
    expect((await run(['user', 'show', 'ann', '--json'])).json.result.epoch).toBe(shown.json.result.epoch)
    expect((await run(['user', 'groups', 'ann'])).code).toBe(64)
    expect((await run(['user', 'groups', 'ann', '--add', '*'])).err).toContain('"*" is no name of a group')
    expect((await run(['user', 'groups', 'nobody', '--add', 'sales'])).code).toBe(1)
  })

  it('what import reads is what export writes, but for passwords', async () => {
    const { run, cwd } = await place()
    const csv =
      '\uFEFFName,Display Name,aliases,groups,disabled,password\r\n' +
      'ann,"Ann ""A"", B",an anna,Sales; Human  Resources ;sales,no,secret one\r\nbea,,,,yes,x\r\n'
    writeFileSync(join(cwd, 'people.csv'), csv)
    const imported = await run(['user', 'import', 'people.csv'])
    expect(imported.out).toBe('2 added, 0 existed already, 0 refused\n')
    expect(imported.err).toContain('bea: the password has fewer than 8 characters')
    const exported = await run(['user', 'export'])
    expect(exported.out).toBe(
      [
        'name,displayName,aliases,groups,disabled',
        'sip:ann@example.test,"Ann ""A"", B",sip:an@example.test sip:anna@example.test,human resources; sales,false',
        'sip:bea@example.test,,,,true',
        '',
      ].join('\r\n'),
    )
    const again = await run(['user', 'import', '-'], { stdin: exported.out })
    expect([again.code, again.out]).toEqual([0, '0 added, 2 existed already, 0 refused\n'])
    expect((await run(['user', 'export'])).out).toBe(exported.out)
    await run(['user', 'remove', 'bea', '--yes'])
    const generated = await run(['user', 'import', '-', '--generate'], { stdin: exported.out })
    expect(generated.code).toBe(0)
    expect(generated.out).toMatch(/^name,password\r\nsip:bea@example\.test,[a-z2-9]{5}(-[a-z2-9]{5}){3}\r\n$/)
    expect(generated.err).toContain('line 2: sip:ann@example.test: sip:ann@example.test is a user already')
  })

  it('a row that is refused does not stop the others', async () => {
    const { run } = await place()
    const ran = await run(['user', 'import', '-', '--json'], {
      stdin: 'name,password\na b,x1234567\nok,x1234567\nnone,\n',
    })
    expect(ran.code).toBe(1)
    expect(ran.json.result).toMatchObject({
      added: 1,
      refused: 2,
      rows: [
        { line: 2, outcome: 'refused' },
        { line: 3, outcome: 'added' },
        { line: 4, outcome: 'refused' },
      ],
    })
  })

  it('a word in column disabled that is neither yes nor no refuses its row', async () => {
    const { run } = await place()
    const ran = await run(['user', 'import', '-', '--json'], {
      stdin: 'name,disabled,password\na,TRUE,x1234567\nb,disabled,x1234567\nc,No,x1234567\nd,,x1234567\ne,0,x1234567\n',
    })
    expect(ran.code).toBe(1)
    expect(ran.json.result).toMatchObject({ added: 4, exists: 0, refused: 1 })
    expect((ran.json.result.rows as object[])[1]).toMatchObject({
      line: 3,
      name: 'b',
      outcome: 'refused',
      message: '"disabled" in column disabled is neither yes nor no',
    })
    expect((await run(['user', 'list', '--disabled', '--json'])).json.result).toMatchObject([
      { aor: 'sip:a@example.test' },
    ])
  })

  it('a new user is refused, not there already, when a name of his is taken', async () => {
    const { run } = await place()
    await run(['user', 'add', 'alice', '--alias', 'al'], { stdin: longPassword })
    const ran = await run(['user', 'import', '-', '--json'], {
      stdin: 'name,aliases,password\nbob,al,x1234567\nal,,x1234567\nalice,bob al,\n',
    })
    expect(ran.code).toBe(1)
    expect(ran.json.result).toMatchObject({
      added: 0,
      exists: 1,
      refused: 2,
      rows: [
        { outcome: 'refused', message: expect.stringContaining('sip:al@example.test is ') },
        { outcome: 'refused', message: 'sip:al@example.test is another name of sip:alice@example.test already' },
        { outcome: 'exists', message: 'sip:alice@example.test is a user already' },
      ],
    })
    expect((await run(['user', 'show', 'bob'])).code).toBe(1)
  })

  it('store stats, check, show and backup work', async () => {
    const { run, cwd } = await place()
    await run(['user', 'add', 'alice'], { stdin: longPassword })
    expect((await run(['store', 'stats', '--json'])).json.result).toMatchObject({ byKind: { account: { records: 1 } } })
    expect((await run(['store', 'check'])).out).toMatch(/^\d+ records, 0 unreadable, 0 quarantined\n$/)
    const shown = await run(['store', 'show', 'alice'])
    expect(shown.out).toContain('bytes, masked')
    expect((await run(['backup', 'copy'])).out).toContain(join(cwd, 'copy'))
    expect((await run(['backup', 'copy'])).code).toBe(1)
  })
})

describe('the audit', () => {
  it('notes who was removed, disabled or given another password, without the password', async () => {
    const { run, cwd } = await stopped()
    await run(['user', 'add', 'a'], { stdin: longPassword })
    await run(['user', 'passwd', 'a'], { stdin: 'open sesame now' })
    await run(['user', 'disable', 'a'])
    await run(['user', 'remove', 'a', '--yes'])
    const lines = readFileSync(join(cwd, 'data', 'audit.jsonl'), 'utf8')
      .trim()
      .split('\n')
    expect(lines.map((line) => [JSON.parse(line).event, JSON.parse(line).revokes])).toEqual([
      ['user.added', false],
      ['user.password-changed', true],
      ['user.disabled', true],
      ['user.removed', true],
    ])
    expect(lines.join()).not.toMatch(/sesame|horse/)
  })

  it('is read by restore', async () => {
    const { run } = await stopped()
    await run(['user', 'add', 'a'], { stdin: longPassword })
    await run(['backup', 'copy'])
    await run(['user', 'disable', 'a'])
    const restored = await run(['restore', 'copy', '--verify'])
    expect(restored.out).toMatch(/revoked or blocked since the copy.*\n.*user\.disabled sip:a@example\.test/)
    expect((await run(['user', 'show', 'a', '--json'])).json.result).toMatchObject({ disabled: false })
  })
})

describe('passwords', () => {
  it('come from a file, without the line end', async () => {
    const { run, cwd } = await stopped()
    writeFileSync(join(cwd, 'pw'), 'short\n')
    const ran = await run(['user', 'add', 'a', '--password-file', 'pw'])
    expect([ran.code, ran.err]).toEqual([0, 'warning: the password has fewer than 8 characters and can be guessed\n'])
  })

  it('are typed twice on a terminal', async () => {
    const { run } = await stopped()
    expect((await run(['user', 'add', 'a'], { secrets: [longPassword, 'other'] })).err).toContain('differ')
    expect((await run(['user', 'add', 'a'], { secrets: [null] })).err).toContain('no password was given')
    expect((await run(['user', 'add', 'a'], { secrets: [longPassword, longPassword] })).code).toBe(0)
  })

  it('that are generated are printed once and differ', async () => {
    const { run } = await stopped()
    const one = await run(['user', 'add', 'a', '--generate', '--json'])
    const two = await run(['user', 'passwd', 'a', '--generate', '--json'])
    expect(one.json.result.password).toMatch(/^[a-z2-9]{5}(-[a-z2-9]{5}){3}$/)
    expect(two.json.result.password).not.toBe(one.json.result.password)
  })

  it.each([
    ['', 'the password is empty'],
    ['a\nb', 'control character or a line break'],
    ['x'.repeat(1025), 'more than 1024 characters'],
  ])('%j is refused', async (stdin, message) => {
    const { run } = await stopped()
    const ran = await run(['user', 'add', 'a'], { stdin })
    expect([ran.code, ran.err]).toEqual([64, expect.stringContaining(message)])
  })

  it('have no option that takes them on the command line', async () => {
    const { run } = await stopped()
    expect((await run(['user', 'add', 'a', '--password', 'x'])).code).toBe(64)
  })

  it('sealed in a store are not hidden by a new key when the key is gone', async () => {
    const { run, cwd } = await stopped()
    await run(['user', 'add', 'a'], { stdin: longPassword })
    const key = join(cwd, 'data', 'secrets', 'ha1.key')
    writeFileSync(key, 'no key')
    const ran = await run(['user', 'list'])
    expect([ran.code, ran.err]).toEqual([1, expect.stringContaining('does not hold 64 hexadecimal digits')])
  })
})
