/**
 * `topology.yaml`: what is right is read as one topology, every mistake is named with line, column, key and cure, and
 * edits leave what people wrote.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { formatConfigError } from '../../../src/config/index.ts'
import {
  checkOwnServer,
  parseTopology,
  readTopologyFile,
  topologyJsonSchema,
  topologyWarnings,
  versionProblems,
  withDenied,
  withVersion,
} from '../../../src/topology/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'meridian-topology-'))
afterAll(() => rmSync(folder, { recursive: true }))

const fingerprint = 'ab'.repeat(32)

const complete = `# Two sites.
version: 7
domains: [Example.test, example.net]
servers:
  - name: front1.example.test   # in the DMZ
    role: front-end
    linkHost: 2001:db8::5
    linkPort: 5062
    clientUri: sips:front1.example.test
  - { name: Home1.example.test, role: home }
  - { name: home2.example.test, role: both, clientUri: "sip:home2.example.test;transport=tls" }
deniedCertificates:
  - fingerprint: ${'AB:'.repeat(31)}AB
    reason: the key was on a stolen laptop
`

function topologyOf(text: string) {
  const read = parseTopology(text, 'topology.yaml')
  if (!read.ok) throw new Error(JSON.stringify(read.errors))
  return read.topology
}

function errorsOf(text: string): string[] {
  const read = parseTopology(text, 'topology.yaml')
  return read.ok ? [] : read.errors.map(formatConfigError)
}

const minimal = (servers: string, more = '') => `version: 1\ndomains: [example.test]\nservers:\n${servers}\n${more}`

describe('a topology file', () => {
  it('is read with names in lower case, fingerprints without colons, and the standard port', () => {
    expect(topologyOf(complete)).toEqual({
      version: 7,
      domains: ['example.test', 'example.net'],
      servers: [
        {
          name: 'front1.example.test',
          role: 'front-end',
          linkHost: '2001:db8::5',
          linkPort: 5062,
          clientUri: 'sips:front1.example.test',
        },
        {
          name: 'home1.example.test',
          role: 'home',
          linkHost: 'home1.example.test',
          linkPort: 5061,
          clientUri: null,
        },
        {
          name: 'home2.example.test',
          role: 'both',
          linkHost: 'home2.example.test',
          linkPort: 5061,
          clientUri: 'sip:home2.example.test;transport=tls',
        },
      ],
      deniedFingerprints: [fingerprint],
    })
  })

  it('has a JSON Schema that editors can use, with reasons and bounds', () => {
    const schema = topologyJsonSchema()
    expect(schema).toMatchObject({ additionalProperties: false, required: ['version', 'domains', 'servers'] })
    expect(schema).toHaveProperty('properties.servers.items.properties.role.enum', ['home', 'front-end', 'both'])
    expect(schema).toHaveProperty('properties.servers.items.properties.linkPort.maximum', 65_535)
  })

  it('that is absent or a folder is an error and no exception', () => {
    const absent = readTopologyFile(join(folder, 'absent.yaml'), 'absent.yaml')
    expect(absent).toMatchObject({ ok: false, errors: [{ file: 'absent.yaml', message: 'there is no such file' }] })
    expect(readTopologyFile(folder, 'folder')).toMatchObject({ ok: false })
    writeFileSync(join(folder, 't.yaml'), complete)
    expect(readTopologyFile(join(folder, 't.yaml'), 't.yaml')).toMatchObject({ ok: true, topology: { version: 7 } })
  })
})

describe('mistakes', () => {
  it.each([
    ['nothing', '', ['domains: missing', 'servers: missing', 'version: missing']],
    [
      'an unknown key, with the one that was meant',
      minimal('  - { name: a.example.test, role: both, linkprot: 1 }'),
      ['topology.yaml:4:41: servers[0].linkprot: unknown key; did you mean linkPort?'],
    ],
    [
      'a role that is none',
      minimal('  - { name: a.example.test, role: edge }'),
      ['topology.yaml:4:29: servers[0].role: expected home or front-end or both, found the text "edge"'],
    ],
    [
      'a port out of range',
      minimal('  - { name: a.example.test, role: both, linkPort: 65536 }'),
      ['topology.yaml:4:41: servers[0].linkPort: expected at most 65535, found 65536'],
    ],
    [
      'a name twice, in any case',
      minimal('  - { name: a.example.test, role: both }\n  - { name: A.example.TEST, role: home, linkPort: 1 }'),
      ['topology.yaml:5:7: servers[1].name: a.example.test is listed twice'],
    ],
    [
      'two servers in one place',
      minimal(
        '  - { name: a.example.test, role: both }\n  - { name: b.example.test, role: home, linkHost: a.example.test }',
      ),
      ['a.example.test port 5061 is where a.example.test takes links already'],
    ],
    [
      'front ends without a home',
      minimal('  - { name: front.example.test, role: front-end }'),
      ['topology.yaml:3:1: servers: no server is a home: front.example.test would have nobody to pass users to'],
    ],
    ['no servers', 'version: 1\ndomains: [a.test]\nservers: []', ['servers: is empty; name at least this server']],
    ['no domains', 'version: 1\ndomains: []\nservers: [{ name: a.b.test, role: both }]', ['domains: is empty']],
    [
      'a domain twice',
      'version: 1\ndomains: [a.test, A.test]\nservers: [{ name: b.a.test, role: both }]',
      ['topology.yaml:2:19: domains[1]: a.test is listed twice'],
    ],
    [
      'a server named like a domain, which every certificate carries',
      minimal('  - { name: example.test, role: both }'),
      ['domains[0]: example.test is also the name of a server: the certificate of each server carries the domains'],
    ],
    [
      'a fingerprint that is none',
      minimal('  - { name: a.example.test, role: both }', 'deniedCertificates: [{ fingerprint: abc }]'),
      ['topology.yaml:5:24: deniedCertificates[0].fingerprint: abc is no SHA-256 fingerprint'],
    ],
    ['an alias', 'version: &v 1\ndomains: [a.test]\nservers: *v', ['YAML aliases are not used in this file']],
    ['no YAML', 'version: [', ['topology.yaml:']],
  ])('%s', (_what, text, messages) => {
    const errors = errorsOf(text)
    for (const message of messages) expect(errors.join('\n')).toContain(message)
    expect(errors).toHaveLength(messages.length)
  })

  it.each([
    ['10.0.0.1', 'is an address; name the server, and give the address as linkHost'],
    ['front', 'is not fully qualified'],
    ['"*.example.test"', 'is a wildcard'],
    ['front1.example.test.', 'ends in a dot'],
    ['front_1.example.test', 'has an underscore'],
    ['bücher.example.test', 'write xn--bcher-kva.example.test'],
    ['a..test', 'is no domain name'],
    ['a.123', 'ends in a number'],
    [`${'a'.repeat(64)}.test`, 'is no domain name'],
    ['"fd00::1"', 'is an address'],
  ])('the name %s, which no certificate can carry', (name, message) => {
    expect(errorsOf(minimal(`  - { name: ${name}, role: both }`))).toEqual([expect.stringContaining(message)])
  })

  it.each([
    ['"[::1]"', 'has brackets'],
    ['"fe80::1%eth0"', 'has a zone'],
    ['"0:0::0"', 'is an address to listen on'],
    ['0.0.0.0', 'is an address to listen on'],
    ['1.2.3.400', 'is no IPv4 address'],
    ['"fd00:::1"', 'is no IPv6 address'],
    ['a.example.test:5061', 'a port is given as linkPort'],
  ])('the link host %s', (host, message) => {
    const text = minimal(`  - { name: a.example.test, role: both, linkHost: ${host} }`)
    expect(errorsOf(text)).toEqual([expect.stringMatching(/^topology\.yaml:4:\d+: servers\[0\]\.linkHost: /)])
    expect(errorsOf(text)[0]).toContain(message)
  })

  it.each([
    ['sip:alice@a.test', 'names a user'],
    ['tel:123', 'is no SIP URI'],
    ['a.test', 'is no SIP URI'],
    ['"sip:a.test?x=y"', 'has headers'],
  ])('the client URI %s', (uri, message) => {
    const text = minimal(`  - { name: a.example.test, role: both, clientUri: ${uri} }`)
    expect(errorsOf(text)).toEqual([expect.stringContaining(message)])
  })
})

describe('this server', () => {
  const topology = topologyOf(complete)

  it('must be in it with its role', () => {
    expect(checkOwnServer(topology, { name: 'HOME1.example.test', role: 'home' })).toEqual([])
    const absent = checkOwnServer(topology, { name: 'home9.example.test', role: 'home' })
    expect(absent).toEqual([
      { path: ['servers'], message: expect.stringContaining('home9.example.test, is not in it') },
    ])
    const other = checkOwnServer(topology, { name: 'front1.example.test', role: 'both' })
    expect(other).toEqual([
      {
        path: ['servers', 0, 'role'],
        message: 'front1.example.test is front-end here and both in its own configuration (server.role)',
      },
    ])
  })
})

describe('what is allowed and seldom meant', () => {
  it('is said', () => {
    expect(topologyWarnings(topologyOf(complete))).toEqual([])
    const odd = `version: 1
domains: [example.test, sales.example.test]
servers:
  - { name: a.example.test, role: home, linkHost: 127.0.0.1, clientUri: "sip:a.example.test" }
  - { name: b.example.test, role: front-end }`
    expect(topologyWarnings(topologyOf(odd))).toEqual([
      expect.stringContaining('127.0.0.1 is loopback'),
      expect.stringContaining('may come without TLS'),
      expect.stringContaining('sales.example.test lies below example.test'),
    ])
  })
})

describe('the version', () => {
  const before = topologyOf(complete)

  it('must rise when the content changes, and need not when only the spelling does', () => {
    const spelled = topologyOf(complete.replace('# Two sites.', '# Both sites.').replace('Home1', 'home1'))
    expect(versionProblems(before, spelled)).toEqual([])
    const changed = topologyOf(complete.replace('5062', '5063'))
    expect(versionProblems(before, changed)).toEqual([
      { path: ['version'], message: expect.stringContaining('the version has not; write 8') },
    ])
    expect(versionProblems(before, { ...changed, version: 8 })).toEqual([])
    expect(versionProblems(before, { ...changed, version: 6 })).toEqual([
      { path: ['version'], message: expect.stringContaining('6 is older; write 8') },
    ])
  })
})

describe('edits', () => {
  it('raise the version and leave comments and order', () => {
    expect(withVersion(complete, 8)).toBe(complete.replace('version: 7', 'version: 8'))
  })

  it('deny one more certificate, also where none was denied', () => {
    const one = { fingerprint: 'cd'.repeat(32), reason: 'key lost: #4', deniedAt: '2026-05-01' }
    const edited = withDenied(complete, 8, one)
    expect(topologyOf(edited)).toMatchObject({ version: 8, deniedFingerprints: [fingerprint, one.fingerprint] })
    expect(edited).toContain('# Two sites.')
    const first = withDenied(minimal('  - { name: a.example.test, role: both }'), 2, { ...one, reason: null })
    expect(topologyOf(first)).toMatchObject({ version: 2, deniedFingerprints: [one.fingerprint] })
    const empty = minimal('  - { name: a.example.test, role: both }', 'deniedCertificates: []')
    expect(topologyOf(withDenied(empty, 2, one)).deniedFingerprints).toEqual([one.fingerprint])
    const braces = '{ version: 1, domains: [a.test], servers: [{ name: b.a.test, role: both }] }'
    expect(topologyOf(withDenied(braces, 2, one)).deniedFingerprints).toEqual([one.fingerprint])
  })
})
