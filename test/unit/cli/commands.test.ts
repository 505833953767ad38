/**
 * What holds for every command: description, help, exit codes, JSON; and init, config and certs one by one.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type CommandIo, commands, done, runProgram } from '../../../src/cli/index.ts'
import { TypedLine } from '../../../src/cli/terminal.ts'
import { meridian } from '../../support/command-line.ts'
import { dataFolders } from '../../support/data-folder.ts'

const newFolder = dataFolders()

const quietIo: CommandIo = {
  stdout: () => undefined,
  stderr: () => undefined,
  readStdin: async () => '',
  askSecret: async () => null,
  env: {},
  cwd: '/',
  isInteractive: false,
}

function newCwd(yaml?: string): string {
  const cwd = newFolder()
  mkdirSync(cwd)
  if (yaml !== undefined) writeFileSync(join(cwd, 'meridian.yaml'), yaml)
  return cwd
}

describe.each(commands.map(({ description }) => [description.path.join(' '), description] as const))(
  '%s',
  (path, description) => {
    it('says its purpose in one line, its arguments and options, and two examples', () => {
      expect(description.purpose).toMatch(/^[a-z].{8,70}[^.]$/)
      expect(description.examples.length).toBeGreaterThanOrEqual(2)
      for (const { line } of description.examples) expect(line).toContain('meridian')
      for (const { text } of [...(description.options ?? []), ...(description.arguments ?? [])])
        expect(text).not.toBe('')
    })

    it('has a help that people can read', async () => {
      const ran = await meridian([...description.path, '--help'], { cwd: '/' })
      expect([ran.code, ran.err]).toEqual([0, ''])
      await expect(ran.out).toMatchFileSnapshot(`help/${path.replaceAll(' ', '-')}.txt`)
    })

    it('refuses an option that it does not have with 64', async () => {
      const ran = await meridian([...description.path, '--no-such-option'], { cwd: '/' })
      expect([ran.code, ran.out]).toEqual([64, ''])
    })
  },
)

describe('examples', () => {
  const examples = commands.flatMap(({ description }) => description.examples.map(({ line }) => line))

  /** The words of the first `meridian …` in a line of shell, up to the next pipe, redirection or `&&`. */
  function wordsOf(line: string): string[] {
    const [, rest] = /(?:^|[\s|])meridian ((?:"[^"]*"|\$\([^)]*\)|[^|><&])*)/.exec(line)!
    return Array.from(rest!.matchAll(/"([^"]*)"|((?:\$\([^)]*\)|\S)+)/g), ([, quoted, bare]) => quoted ?? bare!)
  }

  it.each(examples.filter((line) => /(?:^|[\s|])meridian /.test(line)))(
    '%s is a command line that works',
    async (line) => {
      const asked: string[] = []
      const silent = commands.map(({ description }) => ({
        description,
        run: async () => {
          asked.push(description.path.join(' '))
          return done(null, '')
        },
      }))
      const io = { ...quietIo, stderr: (text: string) => void asked.push(text) }
      expect(await runProgram(wordsOf(line), { commands: silent, io, version: '1' })).toBe(0)
      expect(line).toContain(`meridian ${asked.join()}`)
    },
  )
})

describe('the program', () => {
  it('prints its help when nothing is asked, and its version', async () => {
    const ran = await meridian([], { cwd: '/' })
    expect(ran.code).toBe(0)
    await expect(ran.out).toMatchFileSnapshot('help/meridian.txt')
    expect(await meridian(['--version'], { cwd: '/' })).toMatchObject({ code: 0, out: '1.2.3\n' })
  })

  it('says of every group what it is for', async () => {
    const { out } = await meridian(['--help'], { cwd: '/' })
    expect(out).not.toMatch(/^ {2}(\w+) +\1$/m)
  })

  it.each([
    [['user', 'add'], 'meridian user add'],
    [['user', 'lst'], 'meridian user'],
    [['nonsense'], 'meridian'],
    [['user', 'list', '--nonsense'], 'meridian user list'],
  ])('%j is refused in the form of our errors, and points to the help', async (argv, name) => {
    const ran = await meridian(argv, { cwd: '/' })
    expect([ran.code, ran.out]).toEqual([64, ''])
    expect(ran.err).toMatch(/^meridian: /)
    expect(ran.err).toContain(`see \`${name} --help\`\n`)
  })

  it('says what was probably meant', async () => {
    const ran = await meridian(['user', 'lst'], { cwd: '/' })
    expect([ran.code, ran.err]).toEqual([64, expect.stringContaining('Did you mean list?')])
  })

  it('ends with 78 and every mistake when the configuration is wrong, as JSON too', async () => {
    const cwd = newCwd('log: { levl: info }\nserver: { workers: x }')
    const ran = await meridian(['user', 'list'], { cwd })
    expect(ran.code).toBe(78)
    expect(ran.err).toBe(
      'meridian: meridian.yaml:1:8: log.levl: unknown key; did you mean level?\n' +
        'meridian: meridian.yaml:2:11: server.workers: expected a whole number from 0 to 256 (threads), ' +
        'found the text "x"\n',
    )
    const asJson = await meridian(['user', 'list', '--json'], { cwd })
    expect(asJson.json).toMatchObject({
      version: 1,
      command: 'user list',
      ok: false,
      exitCode: 78,
      result: { errors: [{ line: 1, column: 8, key: 'log.levl', nearestKey: 'level' }, { line: 2 }] },
    })
    expect(asJson.err).toBe('')
  })

  it('takes the configuration from --config, else MERIDIAN_CONFIG, else the current folder', async () => {
    const cwd = newCwd('domain: { name: folder.test }')
    writeFileSync(join(cwd, 'other.yaml'), 'domain: { name: other.test }')
    writeFileSync(join(cwd, 'env.yaml'), 'domain: { name: env.test }')
    const env = { MERIDIAN_CONFIG: 'env.yaml' }
    const named = async (argv: string[], environment = {}) =>
      (await meridian(['config', 'print', ...argv, '--json'], { cwd, env: environment })).json.result.domain
    expect(await named([])).toMatchObject({ name: 'folder.test' })
    expect(await named([], env)).toMatchObject({ name: 'env.test' })
    expect(await named(['--config', 'other.yaml'], env)).toMatchObject({ name: 'other.test' })
  })
})

describe('init', () => {
  it('writes a file that is right, and a data folder for its owner only', async () => {
    const cwd = newCwd()
    const ran = await meridian(['init', '--domain', 'chosen.test', '--json'], { cwd })
    expect(ran.json.result).toMatchObject({ configFile: join(cwd, 'meridian.yaml'), dataFolder: join(cwd, 'data') })
    expect((await meridian(['config', 'check'], { cwd })).code).toBe(0)
    expect((await meridian(['config', 'print'], { cwd })).out).toContain('name: chosen.test')
    expect(statSync(join(cwd, 'data')).mode & 0o777).toBe(0o700)
    expect(statSync(join(cwd, 'data/secrets/ha1.key')).mode & 0o777).toBe(0o600)
  })

  it('says that a data folder was there, and refuses one that holds a store', async () => {
    const cwd = newCwd()
    mkdirSync(join(cwd, 'data'))
    const found = await meridian(['init'], { cwd })
    expect([found.code, found.out]).toEqual([0, expect.stringContaining(`found ${join(cwd, 'data')}\n`)])
    expect(found.out).not.toContain('made')
    expect(found.out).toMatch(/next: .*\/bin\/meridian serve\n$/)
    await meridian(['user', 'add', 'a'], { cwd, stdin: 'correct horse battery' })
    rmSync(join(cwd, 'meridian.yaml'))
    const refused = await meridian(['init', '--domain', 'other.test'], { cwd })
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('holds a store already')])
    expect(existsSync(join(cwd, 'meridian.yaml'))).toBe(false)
  })

  it('never overwrites, and refuses a domain that is none', async () => {
    const cwd = newCwd('# mine')
    expect((await meridian(['init'], { cwd })).code).toBe(1)
    expect(readFileSync(join(cwd, 'meridian.yaml'), 'utf8')).toBe('# mine')
    const refused = await meridian(['init', '--folder', 'x', '--domain', 'a b'], { cwd })
    expect([refused.code, refused.err]).toEqual([64, expect.stringContaining('expected a domain name')])
    expect(existsSync(join(cwd, 'x'))).toBe(false)
  })
})

describe('config', () => {
  it('check warns with 2 about what is allowed and seldom meant', async () => {
    const cwd = newCwd('limits: { flow: { requestsPerSecond: 0 } }')
    const ran = await meridian(['config', 'check'], { cwd })
    expect([ran.code, ran.err]).toEqual([2, 'warning: limits.flow.requestsPerSecond: this limit is off\n'])
  })

  it('check names the key of a file that cannot be read', async () => {
    const cwd = newCwd('tls: { certificateFile: absent.crt, privateKeyFile: . }')
    const ran = await meridian(['config', 'check'], { cwd })
    expect(ran.code).toBe(78)
    expect(ran.err).toMatch(/^meridian: tls\.certificateFile: cannot read .*absent\.crt: there is no such file\n/)
    expect(ran.err).toMatch(/\nmeridian: tls\.privateKeyFile: cannot read .*: it is no file\n$/)
  })

  it('check looks at the authorities of the directory, and at each file of a list', async () => {
    const cwd = newCwd(
      'directory: { authorityFile: dc.pem }\ntopology: { revocationFiles: [meridian.yaml, absent.crl] }',
    )
    const ran = await meridian(['config', 'check'], { cwd })
    expect(ran.code).toBe(78)
    const absent = (key: string, name: string) =>
      `meridian: ${key}: cannot read ${join(cwd, name)}: there is no such file\n`
    expect(ran.err).toBe(
      absent('topology.revocationFiles[1]', 'absent.crl') + absent('directory.authorityFile', 'dc.pem'),
    )
  })

  it('print --effective says where each value was written', async () => {
    const cwd = newCwd('log:\n  level: warn')
    const env = { MERIDIAN__REGISTRAR__DEVICES_MAX: '4' }
    const ran = await meridian(['config', 'print', '--effective'], { cwd, env })
    expect(ran.out).toContain('\n  level: warn  # meridian.yaml:2:3\n')
    expect(ran.out).toContain('\n  devicesMax: 4  # MERIDIAN__REGISTRAR__DEVICES_MAX\n')
    expect(ran.out).toContain('\n  workers: 0  # default\n')
  })

  it('print never shows a secret', async () => {
    const cwd = newCwd('tls: { privateKeyPassphrase: sesame }')
    for (const more of [[], ['--json'], ['--effective'], ['--effective', '--json']]) {
      expect((await meridian(['config', 'print', ...more], { cwd })).out).not.toContain('sesame')
    }
  })

  it('schema prints JSON, sample YAML', async () => {
    expect(JSON.parse((await meridian(['config', 'schema'], { cwd: '/' })).out)).toHaveProperty('properties.log')
    expect((await meridian(['config', 'sample'], { cwd: '/' })).out).toContain('\nlisten:\n')
  })
})

describe('certs', () => {
  it('init, show, issue and renew', async () => {
    const cwd = newCwd('domain: { name: a.test }\nserver: { name: im.a.test }')
    expect((await meridian(['certs', 'show'], { cwd })).code).toBe(1)
    const made = await meridian(['certs', 'init', '--name', '192.0.2.7', '--json'], { cwd })
    const names = ['a.test', 'sip:a.test', 'im.a.test', 'localhost', '127.0.0.1', '::1', '192.0.2.7']
    expect(made.json.result).toMatchObject({ certificate: { names, isAuthority: false } })
    expect((await meridian(['certs', 'init'], { cwd })).code).toBe(1)
    expect((await meridian(['certs', 'show'], { cwd })).code).toBe(0)
    const issued = await meridian(['certs', 'issue', 'front.a.test', '--usage', 'client', '--days', '9'], { cwd })
    expect(issued.out).toContain('usages:  client')
    expect(statSync(join(cwd, 'front.a.test.key')).mode & 0o777).toBe(0o600)
    const ending = await meridian(['certs', 'show', 'front.a.test.crt'], { cwd })
    expect([ending.code, ending.err]).toEqual([2, 'warning: front.a.test.crt ends in 8 days\n'])
    writeFileSync(join(cwd, 'none.crt'), 'nothing')
    expect((await meridian(['certs', 'show', 'none.crt'], { cwd })).err).toContain('none.crt holds no certificate')
    const absent = await meridian(['certs', 'show', 'absent.crt'], { cwd })
    expect(absent.err).toBe('meridian: cannot read absent.crt: there is no such file\n')
    expect((await meridian(['certs', 'renew', '--json'], { cwd })).json.result).toMatchObject({ renewed: false })
    const renewed = await meridian(['certs', 'renew', '--force', '--json'], { cwd })
    expect(renewed.json.result).toMatchObject({ renewed: true, certificate: { names } })
  })

  it.each([
    [['certs', 'issue', 'a b'], 1],
    [['certs', 'issue', 'a.test', '--days', '0'], 64],
    [['certs', 'renew', '--days', 'x'], 64],
    [['certs', 'issue', 'a.test', '--usage', 'x'], 64],
    [['certs', 'show', 'absent.crt'], 1],
  ])('%j ends with %d', async (argv, code) => {
    const cwd = newCwd('')
    await meridian(['certs', 'init'], { cwd })
    expect((await meridian(argv, { cwd })).code).toBe(code)
  })

  it('leaves the certificate of another authority alone', async () => {
    const cwd = newCwd('tls: { certificateFile: a.crt, privateKeyFile: a.key }')
    expect((await meridian(['certs', 'init'], { cwd })).err).toContain('another authority')
  })
})

describe('a line typed without echo', () => {
  it('can be rubbed out, cleared, and given up', () => {
    const line = new TypedLine()
    expect(line.type('wrong\u0015ab\u007fc')).toBe('more')
    expect(line.type('\u001b\r')).toBe('done')
    expect(line.text).toBe('ac')
    expect(new TypedLine().type('x\u0003')).toBe('cancelled')
  })

  it('leaves what was typed ahead to the next question', () => {
    const line = new TypedLine()
    expect([line.type('one\rtwo\r'), line.text, line.rest]).toEqual(['done', 'one', 'two\r'])
  })
})
