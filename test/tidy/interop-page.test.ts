/**
 * docs/interop.md has a row for each client that the interop tests drive, with the transports that they use, and one
 * for each whose presence they look at.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { listFiles, ROOT } from './sources.ts'

const page = readFileSync(join(ROOT, 'docs/interop.md'), 'utf8')
const rows = [...page.matchAll(/^\| ([\w.]+) [^|]+\| ([A-Z, ]+) \|/gm)].map(([, client, transports]) => ({
  client: client!,
  transports: transports!.split(', ').map((name) => name.toLowerCase()),
}))

/** Several clients together. */
const presenceTest = 'test/interop/presence.test.ts'
const frontEndsTest = 'test/interop/front-ends.test.ts'
/** Without a client of others. */
const ours = [
  'report',
  'openssl',
  'deployment',
  'web-client',
  'console',
  'active-directory',
  'active-directory-server',
  'active-directory-commands',
  'active-directory-topology',
  'enrolment',
  'nothing-leaves',
].map((name) => `test/interop/${name}.test.ts`)
const others = [presenceTest, frontEndsTest, ...ours]
const tests = listFiles()
  .filter(({ path }) => /^test\/interop\/[\w-]+\.test\.ts$/.test(path) && !others.includes(path))
  .map(({ path }) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))

/** Of `const transports = ['udp', 'tcp'] as const` and `for (const transport of ['ws', 'wss'] as const)`. */
function transportsOf(text: string): string[] {
  const found = /(?:const transports =|const transport of) \[([^\]]+)\] as const/.exec(text)
  return [...(found?.[1] ?? '').matchAll(/'(\w+)'/g)].map(([, name]) => name!)
}

describe('docs/interop.md', () => {
  it.each(rows)('$client is driven over what the page says', ({ client, transports }) => {
    const mine = tests.filter(({ text }) => text.includes(`'${client} `) || text.includes(`'${client}'`))
    expect(mine).not.toEqual([])
    for (const { text } of mine) expect(transportsOf(text)).toEqual(transports)
  })

  it('has a row for each test', () => {
    for (const { path, text } of tests) {
      const named = rows.some(({ client }) => text.includes(`'${client} `) || text.includes(`'${client}'`))
      expect(named, path).toBe(true)
    }
  })

  it('has a row on presence for each client of its test, SIPp and Twinkle', () => {
    const [, table = ''] = page.split('| client | sees others |')
    const clients = [...table.split('\n\n', 1)[0]!.matchAll(/^\| ([\w.]+) \|/gm)].map(([, client]) => client!)
    const text = readFileSync(join(ROOT, presenceTest), 'utf8')
    const driven = rows.map(({ client }) => client).filter((client) => text.includes(client))
    expect([...clients].sort()).toEqual([...driven, 'SIPp', 'Twinkle'].sort())
  })
})
