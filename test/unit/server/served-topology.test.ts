/**
 * A server that runs by a topology: started by one that is right, told with exit 78 what is wrong with one that is not,
 * following it on SIGHUP and when its file changes, staying with the old one while the new one is wrong.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { type Config, loadConfig } from '../../../src/config/index.ts'
import { ServedTopology } from '../../../src/server/served-topology.ts'
import { meridian } from '../../support/command-line.ts'
import { lastingPort } from '../../support/lasting-port.ts'
import { serverFolder } from '../../support/server-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'meridian-served-'))
afterAll(() => rmSync(folder, { recursive: true }))

const file = join(folder, 'topology.yaml')
const one = 'version: 1\ndomains: [example.test]\nservers:\n  - { name: a.example.test, role: both }\n'
const two = `${one.replace('version: 1', 'version: 2')}  - { name: b.example.test, role: front-end }\n`

function configOf(yaml: string): Config {
  writeFileSync(join(folder, 'm.yaml'), yaml)
  const loaded = loadConfig({ file: 'm.yaml', env: {}, cwd: folder })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.errors))
  return loaded.config
}

const config = configOf('server: { name: A.example.test }\ntopology: { file: topology.yaml }')

let open: ServedTopology | null = null
afterEach(() => open?.close())

function served(text: string) {
  writeFileSync(file, text)
  const heard: unknown[] = []
  const log = { write: (level: string, event: string, fields?: object) => void heard.push({ level, event, ...fields }) }
  open = ServedTopology.open(config, log)
  return { topology: open as ServedTopology, heard }
}

describe('the topology of a server', () => {
  it('is none where none is configured', () => {
    expect(ServedTopology.open(configOf(''), { write: () => {} })).toBeNull()
  })

  it('is told when asked to look, and logged', () => {
    const { topology, heard } = served(one)
    const versions: number[] = []
    topology.listen(({ version }) => versions.push(version))
    writeFileSync(file, two)
    topology.look()
    expect([topology.current.version, versions]).toEqual([2, [2]])
    expect(heard).toEqual([
      { level: 'info', event: 'topology.changed', file, version: 2, changes: expect.stringContaining('+ server b.') },
    ])
  })

  it('stays while the new one is wrong or gone, and the log has line and column', async () => {
    const { topology, heard } = served(one)
    writeFileSync(file, two.replace('role: front-end', 'rol: front-end'))
    topology.look()
    expect(topology.current.version).toBe(1)
    expect(topology.samples.map(({ name, value }) => [name, value])).toEqual([
      ['meridian_topology_version', 1],
      ['meridian_topology_refused', 1],
    ])
    const place = { level: 'error', event: 'topology.refused', file, line: 5 }
    expect(heard).toEqual([
      { ...place, column: 5, setting: 'servers[1].role', problem: 'missing' },
      { ...place, column: 29, setting: 'servers[1].rol', problem: 'unknown key; did you mean role?' },
    ])
    rmSync(file)
    // The watch tells it.
    await vi.waitFor(() => expect(heard.at(-1)).toMatchObject({ problem: 'there is no such file' }), 10_000)
    expect(topology.current.version).toBe(1)
  })

  it.each([
    ['a mistake', one.replace('both', 'edge'), `${file}:4:29: servers[0].role: expected home or front-end or both`],
    ['no entry for this server', one.replace('a.example', 'c.example'), 'this server, A.example.test, is not in it'],
    ['another role', one.replace('both', 'home'), 'A.example.test is home here and both in its own configuration'],
  ])('with %s does not start', (_what, text, message) => {
    expect(() => served(text)).toThrow(message)
  })
})

describe('meridian serve', () => {
  const { folder: cwd, start } = serverFolder()
  const io = { cwd }
  const path = join(cwd, 'topology.yaml')

  it('ends with 78 for a topology with mistakes', async () => {
    writeFileSync(join(cwd, 'meridian.yaml'), siteYaml(0))
    writeFileSync(path, one.replace('version: 1', 'version: one'))
    const program = start(['serve', '--unsupervised'])
    expect(await program.exitCode()).toBe(78)
    expect(program.said).toContain(`${path}:1:1: version: expected a number, found the text "one"`)
  })

  it('shows itself to `topology check`, hears of `certs revoke`, and looks on SIGHUP', {
    timeout: 120_000,
  }, async () => {
    const port = await lastingPort()
    writeFileSync(join(cwd, 'meridian.yaml'), siteYaml(port))
    const servers = `[{ name: a.example.test, role: both, linkHost: 127.0.0.1, linkPort: ${port} }]`
    const first = `version: 1\ndomains: [example.test]\nservers: ${servers}\n`
    writeFileSync(path, first)
    await meridian(['certs', 'init'], io)
    await meridian(['certs', 'issue', 'gone.example.test'], io)
    const program = start(['serve', '--unsupervised'])
    await program.line(/^next$/, 90_000)
    const ran = await meridian(['topology', 'check', '--json'], io)
    expect(ran.json).toMatchObject({ exitCode: 0, result: { servers: [{ state: 'accepted', refusal: null }] } })
    const [row] = ran.json.result.servers as { timeDifferenceMs: number }[]
    expect(Math.abs(row!.timeDifferenceMs)).toBeLessThanOrEqual(10_000)
    expect((await meridian(['certs', 'revoke', 'gone.example.test.crt'], io)).code).toBe(0)
    await program.line(/\+ denied certificate.*"topology.changed"/)
    // The certificate would be believed again.
    writeFileSync(path, first)
    program.signal('SIGHUP')
    await program.line(/"line":1,"column":1,.*"topology.refused"/)
    await program.stop()
  })
})

function siteYaml(port: number): string {
  return `domain: { name: example.test }
server: { name: a.example.test, workers: 2 }
topology: { file: topology.yaml }
listen: { endpoints: [{ transport: tls, host: 127.0.0.1, port: ${port} }] }
`
}
