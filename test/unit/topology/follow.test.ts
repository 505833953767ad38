/**
 * A topology that changes while the server runs: what is right takes its place, what is wrong leaves the old one in
 * force and is said once, with line and column.
 */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { watchCertificates } from '../../../src/certificates/index.ts'
import { formatConfigError } from '../../../src/config/index.ts'
import {
  checkOwnServer,
  differenceLines,
  FollowedTopology,
  parseTopology,
  readTopologyFile,
} from '../../../src/topology/index.ts'

const one = 'version: 1\ndomains: [example.test]\nservers:\n  - { name: a.example.test, role: both }\n'
const two = `${one.replace('1', '2')}  - { name: b.example.test, role: front-end }\n`

function followed(own = 'a.example.test') {
  const source = { text: one }
  const heard: string[] = []
  const first = parseTopology(one, 't.yaml')
  if (!first.ok) throw new Error('the first is right')
  const topology = new FollowedTopology(first.topology, {
    read: () => parseTopology(source.text, 't.yaml'),
    check: (after) => checkOwnServer(after, { name: own, role: 'both' }),
    onChange: (after, difference) => heard.push(`${after.version}: ${differenceLines(difference).join('; ')}`),
    onRefused: (errors) => heard.push(...errors.map(formatConfigError)),
  })
  return {
    topology,
    heard,
    write(text: string) {
      source.text = text
      topology.look()
    },
  }
}

describe('a followed topology', () => {
  it('tells what changed, once', () => {
    const { topology, heard, write } = followed()
    write(two)
    write(two)
    expect(topology.current.version).toBe(2)
    expect(heard).toEqual(['2: + server b.example.test, front-end, links at b.example.test port 5061, clients nowhere'])
  })

  it('keeps the old one in force while the new one is wrong, and says so once for each mistake', () => {
    const { topology, heard, write } = followed()
    write('version: 2\nservers: [')
    write('version: 2\nservers: [')
    write(two.replace('version: 2', 'version: 1'))
    write(two.replace('name: a.example', 'name: c.example'))
    expect(topology.current.version).toBe(1)
    expect(heard).toEqual([
      expect.stringMatching(/^t\.yaml:\d+:\d+: /),
      expect.stringContaining('t.yaml:1:1: version: the content has changed and the version has not; write 2'),
      expect.stringContaining('t.yaml:3:1: servers: this server, a.example.test, is not in it'),
    ])
    write(two)
    expect(topology.current.servers).toHaveLength(2)
  })

  it('says the same mistake again after it was mended', () => {
    const { topology, heard, write } = followed()
    const wrong = two.replace('version: 2', 'version: 1')
    const refused = [wrong, one, wrong].map((text) => {
      write(text)
      return topology.isRefused
    })
    expect(heard).toHaveLength(2)
    expect(refused).toEqual([true, false, true])
  })

  it('takes a version that rose alone, for others have been told of it', () => {
    const { topology, heard, write } = followed()
    write(one.replace('version: 1', 'version: 9'))
    expect([topology.current.version, heard]).toEqual([9, ['9: ']])
  })

  it('hears of a file that is replaced by rename, through the watch of certificates', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'meridian-topology-'))
    afterAll(() => rmSync(folder, { recursive: true }))
    const path = join(folder, 'topology.yaml')
    writeFileSync(path, one)
    const first = readTopologyFile(path, 'topology.yaml')
    if (!first.ok) throw new Error('the first is right')
    const changed = Promise.withResolvers<number>()
    const topology = new FollowedTopology(first.topology, {
      read: () => readTopologyFile(path, 'topology.yaml'),
      onChange: ({ version }) => changed.resolve(version),
      onRefused: (errors) => changed.reject(new Error(errors.map(formatConfigError).join())),
    })
    const watch = watchCertificates([path], () => topology.look(), { settleMs: 5, pollMs: 50 })
    writeFileSync(`${path}.new`, two)
    renameSync(`${path}.new`, path)
    expect(await changed.promise).toBe(2)
    watch.close()
  })
})
