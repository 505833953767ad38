/**
 * P1 over an upgrade: a store whose records were written in the format before is opened, nobody is set aside, mail that
 * waited is delivered, and the way back (docs/upgrade.md) brings back what was there before the upgrade.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import type { Account } from '../../src/ports/directory.ts'
import { accountKey, accountRecord } from '../../src/ports/records/account.ts'
import { encodeRecord, LmdbDisk } from '../../src/store/index.ts'
import { eventually, type ServerProcess, serverFolder } from '../support/server-process.ts'

const { serve, cli, folder } = serverFolder()
const store = join(folder, 'data/store')
const testMs = 120_000

/** As the release before the groups wrote it. */
function version1({ aor, aliases, displayName, disabled, epoch, createdMs }: Account): Uint8Array {
  return encodeRecord(1, [aor, [...aliases], displayName, disabled, epoch, createdMs])
}

function accountOf(disk: LmdbDisk, name: string): { readonly bytes: Buffer; readonly account: Account } {
  const bytes = disk.get(accountKey(`sip:${name}@example.test`))
  if (bytes === null) throw new Error(`${name} has no account`)
  const decoded = accountRecord.decode(bytes)
  if (!decoded.ok) throw new Error(decoded.reason)
  return { bytes, account: decoded.value }
}

function withDisk<T>(use: (disk: LmdbDisk) => Promise<T>): Promise<T> {
  const opened = LmdbDisk.open(store)
  if (!opened.ok) throw new Error(opened.detail)
  return use(opened.disk).finally(() => opened.disk.close())
}

/** A store as the release before left it: accounts in its format, and mail that waits. */
async function storeOfBefore(): Promise<void> {
  const server = await serve()
  const alice = await server.connect('alice')
  expect([await alice.register(), await alice.message('bob', 'before the upgrade')]).toEqual([200, 202])
  alice.end()
  await alice.closed
  await server.program.stop()
  await withDisk(async (disk) => {
    const records = ['alice', 'bob'].map((name) => {
      const { account } = accountOf(disk, name)
      return { key: Buffer.from(accountKey(account.aor)), value: Buffer.from(version1(account)) }
    })
    expect((await disk.write(records).flushed).ok).toBe(true)
  })
}

beforeAll(storeOfBefore, testMs)

async function mailOf(server: ServerProcess): Promise<string> {
  const bob = await server.connect('bob')
  expect(await bob.register()).toBe(200)
  await eventually('bob has his mail', () => bob.requests.some(({ method }) => method === 'MESSAGE'))
  const body = String(bob.requests.find(({ method }) => method === 'MESSAGE')?.body)
  bob.end()
  await bob.closed
  return body
}

it('is opened, by way of the guide and back', { timeout: testMs }, async () => {
  await cli('backup', join(folder, 'before'))
  const server = await serve()
  expect(await mailOf(server)).toBe('before the upgrade')
  expect(await cli('store', 'check')).toContain('0 unreadable, 0 quarantined')
  // A change writes the account in the format of now.
  await cli('user', 'groups', 'alice', '--add', 'sales')
  await server.program.stop()
  await withDisk(async (disk) => {
    const { bytes, account } = accountOf(disk, 'alice')
    expect([account.groups, bytes.equals(Buffer.from(version1(account)))]).toEqual([['sales'], false])
  })
  await cli('restore', join(folder, 'before'))
  await withDisk(async (disk) => {
    const { bytes, account } = accountOf(disk, 'alice')
    expect([account.groups, bytes.equals(Buffer.from(version1(account)))]).toEqual([[], true])
  })
  expect(await mailOf(await serve())).toBe('before the upgrade')
})

it('the guide names the commands that this test runs', () => {
  const guide = readFileSync(join(import.meta.dirname, '../../docs/upgrade.md'), 'utf8')
  for (const command of ['meridian backup', 'meridian store check', 'meridian restore', 'meridian doctor']) {
    expect(guide).toContain(command)
  }
})
