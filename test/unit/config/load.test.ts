/**
 * Loading the configuration: what is wrong is said with its place, and every value knows where it came from (P8).
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { ConfigError } from '../../../src/config/index.ts'
import {
  dataPaths,
  defaultConfig,
  describeKeys,
  formatConfigError,
  formatOrigin,
  loadConfig,
  valueAt,
} from '../../../src/config/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'meridian-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

type Env = Record<string, string>

function load(yaml: string, env: Env = {}) {
  writeFileSync(join(folder, 'm.yaml'), yaml)
  return loadConfig({ file: 'm.yaml', env, cwd: folder })
}

function errorsOf(yaml: string, env: Env = {}): readonly ConfigError[] {
  const result = load(yaml, env)
  return result.ok ? [] : result.errors
}

function linesOf(yaml: string, env: Env = {}): readonly string[] {
  return errorsOf(yaml, env).map(formatConfigError)
}

function configOf(yaml: string, env: Env = {}) {
  const result = load(yaml, env)
  if (!result.ok) throw new Error(result.errors.map(formatConfigError).join('\n'))
  return result
}

describe('defaults', () => {
  it('are in force without a file, and under an empty one', () => {
    const without = loadConfig({ file: null, env: {}, cwd: folder })
    expect(without.ok && without.config).toEqual(configOf('').config)
    expect(without.ok && { ...without.config, server: defaultConfig.server }).toEqual(defaultConfig)
  })

  it('listen on loopback only', () => {
    const hosts = new Set(defaultConfig.listen.endpoints.map((endpoint) => endpoint.host))
    expect([...hosts]).toEqual(['127.0.0.1', '::1'])
  })

  it.each(['log:', 'log: {}', 'log:\n  level:', '# nothing', '~'])('are meant by %j', (yaml) => {
    expect(configOf(yaml).config.log).toEqual(defaultConfig.log)
  })
})

describe('an unknown key', () => {
  it('is an error with file, line, column, key and the nearest known key', () => {
    expect(errorsOf('registrar:\n  deviceMax: 3\n')).toEqual([
      {
        file: 'm.yaml',
        line: 2,
        column: 3,
        key: 'registrar.deviceMax',
        message: 'unknown key',
        nearestKey: 'devicesMax',
        variable: null,
      },
    ])
  })

  it.each([
    ['regstrar: {}', 'm.yaml:1:1: regstrar: unknown key; did you mean registrar?'],
    ['log:\n  devicesMax: 3', 'm.yaml:2:3: log.devicesMax: unknown key; did you mean registrar.devicesMax?'],
    ['log:\n  colour-scheme: x', 'm.yaml:2:3: log.colour-scheme: unknown key'],
    ['limits:\n  flow:\n    brust: 3', 'm.yaml:3:5: limits.flow.brust: unknown key; did you mean burst?'],
    ['constructor: 1', 'm.yaml:1:1: constructor: unknown key'],
    ['__proto__: { log: 1 }', 'm.yaml:1:1: __proto__: unknown key'],
    [
      'listen:\n  endpoints:\n    - { transport: tls, port: 1, hots: a }',
      'm.yaml:3:34: listen.endpoints[0].hots: unknown key; did you mean host?',
    ],
  ])('in %j', (yaml, line) => expect(linesOf(yaml)).toEqual([line]))
})

describe('a wrong value', () => {
  it.each([
    ['log:\n  level: loud', 'm.yaml:2:3: log.level: expected one of debug, info, warn, error, found the text "loud"'],
    [
      'server:\n  workers: many',
      'm.yaml:2:3: server.workers: expected a whole number from 0 to 256 (threads), found the text "many"',
    ],
    ['server: { workers: 1.5 }', 'm.yaml:1:11: server.workers: expected a whole number (threads), found 1.5'],
    ['server: { workers: -1 }', 'm.yaml:1:11: server.workers: expected at least 0 (threads), found -1'],
    ['server: { workers: 257 }', 'm.yaml:1:11: server.workers: expected at most 256 (threads), found 257'],
    ['server: 3', 'm.yaml:1:1: server: expected a group of keys, found 3'],
    ['domain: { aliases: a.test }', 'm.yaml:1:11: domain.aliases: expected a list, found the text "a.test"'],
    ['domain: { aliases: [1] }', 'm.yaml:1:21: domain.aliases[0]: expected a text, found 1'],
    ['domain: { name: 5 }', 'm.yaml:1:11: domain.name: expected a text, found 5'],
    [
      'domain: { name: "a b" }',
      'm.yaml:1:11: domain.name: expected a domain name such as example.test, found the text "a b"',
    ],
    [
      'listen: { plainOutsideLoopback: 1 }',
      'm.yaml:1:11: listen.plainOutsideLoopback: expected true or false, found 1',
    ],
    ['listen: { endpoints: [{ transport: tls }] }', 'm.yaml:1:23: listen.endpoints[0].port: missing'],
  ])('in %j', (yaml, line) => expect(linesOf(yaml)).toEqual([line]))

  it('is said together with all others, in the order of the file', () => {
    const lines = linesOf('log: { level: x }\nfoo: 1\nserver: { workers: x }')
    expect(lines.map((line) => line.split(': ')[1])).toEqual(['log.level', 'foo', 'server.workers'])
  })

  it('never shows a secret', () => {
    const [line] = linesOf('tls: { privateKeyPassphrase: 31415926 }')
    expect(line).toBe('m.yaml:1:8: tls.privateKeyPassphrase: expected a text')
  })
})

describe('YAML', () => {
  it.each([
    ['log: [', 1],
    ['a: b: c', 1],
    ['log: {level: info}\nlog: {level: info}', 2],
    ['- log', 1],
    ['just text', 1],
    ['? [a]\n: 1', 1],
  ])('that is broken is refused with its place: %j', (yaml, line) => {
    expect(errorsOf(yaml)[0]).toMatchObject({ file: 'm.yaml', line })
  })

  it('has no aliases', () => {
    expect(linesOf('log: &a { level: info }\nstore: *a')[0]).toContain('YAML aliases are not used')
  })

  it('is YAML 1.2: no is a text, not false', () => {
    expect(linesOf('listen: { plainOutsideLoopback: no }')[0]).toContain('expected true or false')
  })

  it('that is missing names the command that writes one', () => {
    const result = loadConfig({ file: 'absent.yaml', env: {}, cwd: folder })
    expect(!result.ok && formatConfigError(result.errors[0]!)).toBe(
      'absent.yaml: no such file; `meridian init` writes one',
    )
  })
})

describe(`\${NAME}`, () => {
  it('is replaced, and is a number where it stands alone unquoted', () => {
    const yaml = `server:\n  workers: \${N}\n  name: "\${H}.example.test"`
    expect(configOf(yaml, { N: '3', H: 'im' }).config.server).toMatchObject({ workers: 3, name: 'im.example.test' })
  })

  it('stays a text in quotes', () => {
    expect(linesOf(`server:\n  workers: "\${N}"`, { N: '3' })[0]).toContain('found the text "3"')
  })

  it(`may have a fallback, and $\${ is plain`, () => {
    expect(configOf(`server:\n  dataFolder: \${D:-/srv/im}`).config.server.dataFolder).toBe('/srv/im')
    expect(configOf(`server:\n  dataFolder: /srv/$\${D}`).config.server.dataFolder).toBe(`/srv/\${D}`)
  })

  it('whose value names another is taken as it is, so that a cycle is none', () => {
    const env = { A: `\${B}`, B: `\${A}` }
    expect(configOf(`server:\n  dataFolder: /srv/\${A}`, env).config.server.dataFolder).toBe(`/srv/\${B}`)
    expect(linesOf(`server:\n  workers: \${A}`, env)[0]).toBe(
      `m.yaml:2:3: server.workers: expected a whole number from 0 to 256 (threads), found the text "\${B}"`,
    )
  })

  it('that is not set is an error with its place', () => {
    expect(linesOf(`server:\n  workers: \${N}`)[0]).toBe(
      'm.yaml:2:12: server.workers: the environment variable N is not set',
    )
  })

  it('cannot bring YAML of its own', () => {
    expect(linesOf(`log: \${L}`, { L: '{level: debug}' })[0]).toContain('expected a group of keys')
  })
})

describe('the environment', () => {
  it('is stronger than the file, in any spelling', () => {
    const yaml = 'registrar: { devicesMax: 3 }'
    for (const variable of ['MERIDIAN__REGISTRAR__DEVICES_MAX', 'MERIDIAN__registrar__devicesMax']) {
      const { config, origins } = configOf(yaml, { [variable]: '4' })
      expect(config.registrar.devicesMax).toBe(4)
      expect(formatOrigin(origins.get('registrar.devicesMax')!)).toBe(variable)
    }
  })

  it('gives texts as they are and lists as YAML', () => {
    const env = { MERIDIAN__SERVER__DATAFOLDER: '/srv/7', MERIDIAN__DOMAIN__ALIASES: '[a.test, b.test]' }
    const { config } = configOf('', env)
    expect([config.server.dataFolder, config.domain.aliases]).toEqual(['/srv/7', ['a.test', 'b.test']])
  })

  it.each([
    ['MERIDIAN__LOG__LEVLE', 'x', 'MERIDIAN__LOG__LEVLE: no key has this name; did you mean MERIDIAN__LOG__LEVEL?'],
    ['MERIDIAN__LOG', 'x', 'MERIDIAN__LOG: no key has this name'],
    ['MERIDIAN__DOMAIN__ALIASES', 'a', 'MERIDIAN__DOMAIN__ALIASES: domain.aliases: expected a list as YAML'],
    ['MERIDIAN__SERVER__WORKERS', 'x', 'MERIDIAN__SERVER__WORKERS: server.workers: expected a whole number'],
  ])('with %s=%s is an error that names the variable', (variable, value, line) => {
    expect(linesOf('', { [variable]: value })[0]).toContain(line)
  })
})

describe('a secret', () => {
  it('comes from the file that …File names, without its line end', () => {
    writeFileSync(join(folder, 'phrase'), 'open sesame\n')
    const { config, origins } = configOf('tls:\n  privateKeyPassphraseFile: phrase')
    expect(config.tls.privateKeyPassphrase).toBe('open sesame')
    expect(formatOrigin(origins.get('tls.privateKeyPassphrase')!)).toBe('m.yaml:2:3')
  })

  it('may have its file named by the environment', () => {
    writeFileSync(join(folder, 'phrase'), 'x')
    const env = { MERIDIAN__TLS__PRIVATE_KEY_PASSPHRASE_FILE: 'phrase' }
    expect(configOf('', env).config.tls.privateKeyPassphrase).toBe('x')
  })

  it.each([
    ['privateKeyPassphraseFile: absent', 'cannot read'],
    ['{ privateKeyPassphraseFile: phrase, privateKeyPassphrase: x }', 'is given as well'],
    ['privateKeyPassphraseFile: [1]', 'expected the name of a file'],
  ])('is refused with %j', (yaml, message) => {
    expect(linesOf(`tls:\n  ${yaml}`)[0]).toContain(message)
  })
})

describe('keys that do not fit together', () => {
  it('plain transports outside loopback say why, and what to do', () => {
    const yaml = 'listen:\n  endpoints:\n    - { transport: tcp, host: 0.0.0.0, port: 5060 }'
    const [line] = linesOf(yaml)
    expect(line).toMatch(/^m\.yaml:3:25: listen\.endpoints\[0\]\.host: tcp on 0\.0\.0\.0 leaves this machine without/)
    expect(line).toContain('plainOutsideLoopback: true')
    expect(linesOf(`${yaml}\n  plainOutsideLoopback: true`)).toEqual([])
  })

  it.each(['127.0.0.1', '127.8.8.8', '::1', 'localhost'])('plain on %s is fine', (host) => {
    expect(linesOf(`listen: { endpoints: [{ transport: udp, host: "${host}", port: 5060 }] }`)).toEqual([])
  })

  it('tls and web may listen everywhere', () => {
    const yaml =
      'listen: { endpoints: [{ transport: tls, host: "::", port: 5061 }, { transport: web, host: "::", port: 443 }] }'
    expect(linesOf(yaml)).toEqual([])
  })

  it.each([
    [
      'registrar: { maxExpiresSeconds: 60, minExpiresSeconds: 90, defaultExpiresSeconds: 60 }',
      'm.yaml:1:14: registrar.maxExpiresSeconds: 60 is below registrar.minExpiresSeconds, which is 90',
    ],
    ['registrar: { defaultExpiresSeconds: 30 }', 'registrar.defaultExpiresSeconds: 30 lies outside'],
    ['tls: { certificateFile: a.pem }', 'tls.privateKeyFile is missing'],
    ['server: { role: front-end }', 'server.role: a front-end has no users of its own: topology.file must name'],
    ['server: { role: edge }', 'server.role: expected one of home, front-end, both'],
    ['topology: { linkPort: 65536 }', 'topology.linkPort: expected at most 65535'],
    ['topology: { linkHost: "[::1]" }', 'an IPv6 address without brackets'],
    ['domain: { name: a.test, aliases: [A.test] }', 'a.test is listed twice'],
    [
      'listen: { endpoints: [{ transport: tls, port: 1 }, { transport: web, port: 1 }] }',
      'another endpoint listens on 127.0.0.1 port 1 already',
    ],
  ])('%j', (yaml, message) => expect(linesOf(yaml)[0]).toContain(message))
})

describe('files of the topology', () => {
  it('lie beside the configuration, and links believe what is believed of clients where nothing is said', () => {
    const own = dataPaths(configOf('').config).linkAuthorityFile
    expect(own).toBe(join(folder, 'data/certificates/authority.crt'))
    const clients = configOf('tls: { clientAuthorityFile: ca.crt }').config
    expect(dataPaths(clients).linkAuthorityFile).toBe(join(folder, 'ca.crt'))
    const { config } = configOf(
      'topology: { file: t.yaml, authorityFile: servers.crt, revocationFiles: [a.crl, /b.crl] }',
    )
    expect(config.topology.file).toBe(join(folder, 't.yaml'))
    expect(config.topology.revocationFiles).toEqual([join(folder, 'a.crl'), '/b.crl'])
    expect(dataPaths(config).linkAuthorityFile).toBe(join(folder, 'servers.crt'))
  })
})

describe('directory.addressAttribute, where the schema is not extended', () => {
  const problemsOf = (mapped: string, more = '') => {
    const lines = ['kind: active-directory', 'account: a', 'password: b', 'servers: [ { host: dc1.test } ]', mapped]
    return linesOf(`directory: { ${lines.join(', ')} }\n${more}`).join('\n')
  }

  it.each([
    ['enabledAttribute: employeeType', 'counts with addressAttribute only'],
    ['addressAttribute: mail, enabledAttribute: info', 'users change themselves'],
    ['addressAttribute: telephoneNumber', 'users change themselves'],
    ['addressAttribute: "mail)(x=*"', 'name of an attribute'],
  ])('%s is refused', (mapped, words) => {
    expect(problemsOf(mapped)).toContain(words)
  })

  it('needs the homes to be named among several servers, which are those of the file', () => {
    const several = 'topology: { file: t.yaml }\nserver: { name: home1.test }\n'
    const both = problemsOf('addressAttribute: mail, topology: true', several)
    expect([both.includes('needs the schema extension'), both.includes('directory.homeAttribute')]).toEqual([
      true,
      true,
    ])
    expect(problemsOf('addressAttribute: mail, homeAttribute: employeeType', several)).not.toContain('directory')
  })
})

describe('origins', () => {
  it('name file, line and column, or the default, for every key', () => {
    const { origins } = configOf('limits:\n  flow:\n    burst: 7\n')
    expect(formatOrigin(origins.get('limits.flow.burst')!)).toBe('m.yaml:3:5')
    expect(formatOrigin(origins.get('limits.flow.requestsPerSecond')!)).toBe('default')
    expect(origins.size).toBeGreaterThan(30)
  })

  it('relative paths belong to the folder of the file', () => {
    const { config } = configOf('tls: { certificateFile: c.pem, privateKeyFile: /k.pem }')
    expect(config.server.dataFolder).toBe(join(folder, 'data'))
    expect([config.tls.certificateFile, config.tls.privateKeyFile]).toEqual([join(folder, 'c.pem'), '/k.pem'])
    const { directory } = configOf('directory: { authorityFile: dc.pem }').config
    expect(directory.authorityFile).toBe(join(folder, 'dc.pem'))
  })

  it('every key that names a file or a folder is absolute, lists too', () => {
    const yaml = [
      'server: { dataFolder: x, name: a.test }',
      'tls: { certificateFile: x, privateKeyFile: x, clientAuthorityFile: x }',
      'directory: { authorityFile: x }',
      'admin: { backupFolder: x, reportsFolder: x }',
      'topology: { file: x, authorityFile: x, revocationFiles: [x, /x] }',
      'auth:',
      '  certificates: { authorityFile: x, revocationFiles: [x, /x] }',
      '  tokens: { keysFile: x, keysAuthorityFile: x }',
    ]
    const { config } = configOf(yaml.join('\n'))
    const x = join(folder, 'x')
    for (const { path } of describeKeys().filter(({ isPath }) => isPath)) {
      expect(valueAt(config, path), path).toEqual(path.endsWith('.revocationFiles') ? [x, '/x'] : x)
    }
  })
})
