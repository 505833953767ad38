/**
 * Starting on what is there: manifest, migrations, quarantine, damage. Whoever reads a message knows what to do next.
 */
import { existsSync, readdirSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { accountKey, accountRecord } from '../../../src/ports/records/account.ts'
import { type Manifest, manifestKey, manifestRecord } from '../../../src/ports/records/manifest.ts'
import { quarantinedOwner, quarantineKey, quarantineRecord } from '../../../src/ports/records/quarantine.ts'
import { encodeRecord } from '../../../src/ports/records/record-codec.ts'
import type { Aor } from '../../../src/sip/uri/aor.ts'
import {
  type LmdbDisk,
  type Migration,
  type OpenedStore,
  openStore,
  type StoreResult,
  storeFolder,
} from '../../../src/store/index.ts'
import { dataFolders, directStoreOptions, openDirectStore, openDisk, testNowMs } from '../../support/data-folder.ts'

const newFolder = dataFolders()

function account(aor: string) {
  return {
    key: Buffer.from(accountKey(aor)),
    value: accountRecord.encode({
      aor: aor as Aor,
      aliases: [],
      displayName: '',
      groups: [],
      disabled: false,
      epoch: 1,
      createdMs: testNowMs,
    }),
  }
}

async function newStore(accountsCount: number): Promise<string> {
  const dataFolder = newFolder()
  const store = await openDirectStore(dataFolder)
  await store.disk.write(Array.from({ length: accountsCount }, (_, n) => account(`sip:u${n}@example.test`))).flushed
  await store.close()
  return dataFolder
}

async function change(dataFolder: string, records: readonly { key: Buffer; value: Buffer | null }[]): Promise<void> {
  const disk = openDisk(storeFolder(dataFolder))
  await disk.write(records).flushed
  await disk.close()
}

function start(dataFolder: string, more: Partial<Parameters<typeof openStore>[0]> = {}) {
  return openStore({ ...directStoreOptions(dataFolder), nowMs: testNowMs, ...more })
}

async function started(dataFolder: string, more = {}): Promise<OpenedStore> {
  const result = await start(dataFolder, more)
  if (!result.ok) throw new Error(result.fault.message)
  return result.value
}

async function faultOf(result: Promise<StoreResult<OpenedStore>>) {
  const { ok, ...rest } = await result
  expect(ok).toBe(false)
  return 'fault' in rest ? rest.fault : { event: '', message: '' }
}

const damagedAccount = (n: number) => {
  const { key, value } = account(`sip:u${n}@example.test`)
  value[value.length - 6]! ^= 1
  return { key, value }
}

describe('manifest', () => {
  test('a new store gets one, which the next start finds unchanged', async () => {
    const dataFolder = newFolder()
    const first = await started(dataFolder)
    await first.disk.close()
    expect(first.manifest).toEqual({
      schemaVersion: 1,
      serverId: 'test-server',
      realm: 'example.test',
      createdBy: 'meridian test',
      createdMs: testNowMs,
      serverEpoch: 1,
    })
    const create = { serverId: 'other', realm: 'other.test', createdBy: 'other' }
    const second = await started(dataFolder, { create, nowMs: testNowMs + 1 })
    await second.disk.close()
    expect(second.manifest).toEqual(first.manifest)
  })

  test('a newer schema is refused, with both versions named', async () => {
    const dataFolder = await newStore(1)
    await change(dataFolder, [{ key: Buffer.from(manifestKey), value: manifest({ schemaVersion: 7 }) }])
    const fault = await faultOf(start(dataFolder))
    expect(fault.event).toBe('store.newer-schema')
    expect(fault.message).toContain('manifest is version 7, this build reads up to 1')
    expect(fault.message).toContain('meridian restore')
  })

  test('records without a manifest are no new store', async () => {
    const dataFolder = await newStore(1)
    await change(dataFolder, [{ key: Buffer.from(manifestKey), value: null }])
    expect((await faultOf(start(dataFolder))).message).toContain('holds records and no manifest')
  })

  test('an unreadable manifest ends the start', async () => {
    const dataFolder = await newStore(1)
    await change(dataFolder, [{ key: Buffer.from(manifestKey), value: Buffer.from('not a record') }])
    expect((await faultOf(start(dataFolder))).message).toContain('its manifest cannot be read')
  })

  function manifest(changes: Partial<Manifest>): Buffer {
    const base = { serverId: 's', realm: 'r', createdBy: 'c', createdMs: 1, serverEpoch: 1, schemaVersion: 1 }
    return manifestRecord.encode({ ...base, ...changes })
  }
})

describe('migrations', () => {
  const mark = (name: string) => ({ key: Buffer.from(`sip:m@example.test\0${name}`), value: encodeRecord(1, []) })
  const step = (from: number, run: (disk: LmdbDisk) => Promise<unknown>): Migration => ({
    from,
    title: `step ${from}`,
    migrate: async (disk) => void (await run(disk)),
  })

  test('run forward in order after a backup, and only once', async () => {
    const dataFolder = await newStore(2)
    const ran: number[] = []
    const migrations = [1, 2].map((from) =>
      step(from, (disk) => {
        ran.push(from)
        return disk.write([mark(`step-${from}`)]).flushed
      }),
    )
    for (let round = 0; round < 2; round++) {
      const opened = await started(dataFolder, { schema: { version: 3, migrations } })
      expect(opened.manifest.schemaVersion).toBe(3)
      expect(opened.disk.get('sip:m@example.test\0step-2')).not.toBe(null)
      await opened.disk.close()
    }
    expect(ran).toEqual([1, 2])
    const backups = readdirSync(join(dataFolder, 'backups'))
    expect(backups).toEqual([`before-schema-3-${testNowMs}`])
    const copy = openDisk(join(dataFolder, 'backups', backups[0]!, 'store'))
    expect(copy.get('sip:m@example.test\0step-1')).toBe(null)
    expect(copy.get(accountKey('sip:u1@example.test'))).not.toBe(null)
    await copy.close()
  })

  test('a start that died between two steps goes on with the second', async () => {
    const dataFolder = await newStore(1)
    const first = step(1, (disk) => disk.write([mark('one')]).flushed)
    const dies = step(2, () => Promise.reject(new Error('power cut')))
    const fault = await faultOf(start(dataFolder, { schema: { version: 3, migrations: [first, dies] } }))
    expect(fault.message).toContain('power cut')
    const never = step(1, () => Promise.reject(new Error('ran again')))
    const second = step(2, (disk) => disk.write([mark('two')]).flushed)
    const schema = { version: 3, migrations: [never, second] }
    const opened = await started(dataFolder, { schema, nowMs: testNowMs + 1 })
    expect(opened.disk.get('sip:m@example.test\0two')).not.toBe(null)
    await opened.disk.close()
  })

  test('a gap between two versions is named, and nothing is changed', async () => {
    const dataFolder = await newStore(1)
    const fault = await faultOf(start(dataFolder, { schema: { version: 2, migrations: [] } }))
    expect(fault).toEqual({
      event: 'store.migration-failed',
      message: 'store: migration failed: no migration starts from version 1',
    })
  })
})

describe('quarantine', () => {
  test('an unreadable record is moved as it was found, named and counted; the others stay', async () => {
    const dataFolder = await newStore(10)
    const bad = damagedAccount(3)
    await change(dataFolder, [bad])
    const moved: string[] = []
    const opened = await started(dataFolder, { onQuarantined: (key: string, why: string) => moved.push(key, why) })
    const key = accountKey('sip:u3@example.test')
    expect(moved).toEqual([key, 'checksum does not match'])
    expect(opened.quarantinedCount).toBe(1)
    expect(opened.disk.get(key)).toBe(null)
    expect(opened.disk.get(accountKey('sip:u4@example.test'))).not.toBe(null)
    const kept = quarantineRecord.decode(opened.disk.get(quarantineKey(key)) ?? Buffer.alloc(0))
    expect(kept.ok && Buffer.from(kept.value.bytes).equals(bad.value)).toBe(true)
    expect(quarantinedOwner(quarantineKey(key))).toEqual({ aor: 'sip:u3@example.test', kind: 'account' })
    await opened.disk.close()
    const again = await started(dataFolder)
    expect(again.quarantinedCount).toBe(0)
    await again.disk.close()
  })

  test('a record of a newer version is set aside, not guessed at', async () => {
    const dataFolder = await newStore(5)
    const key = accountKey('sip:u0@example.test')
    await change(dataFolder, [{ key: Buffer.from(key), value: encodeRecord(9, ['of the future']) }])
    const moved: string[] = []
    const opened = await started(dataFolder, { onQuarantined: (_key: string, reason: string) => moved.push(reason) })
    await opened.disk.close()
    expect(moved).toEqual(['version 9, this build reads up to 2'])
  })

  test('a whole record of an unknown kind is left where it is', async () => {
    const dataFolder = await newStore(5)
    await change(dataFolder, [{ key: Buffer.from('sip:a@example.test\0later'), value: encodeRecord(1, []) }])
    const opened = await started(dataFolder)
    expect(opened.quarantinedCount).toBe(0)
    await opened.disk.close()
  })

  test('more than 1 % ends the start with the restore command, and moves nothing', async () => {
    const dataFolder = await newStore(150)
    await change(dataFolder, [1, 2].map(damagedAccount))
    const fault = await faultOf(start(dataFolder))
    expect(fault.event).toBe('store.too-many-unreadable')
    expect(fault.message).toMatch(/2 of 151 records .* cannot be read .*meridian restore/)
    const disk = openDisk(storeFolder(dataFolder))
    expect(disk.get(accountKey('sip:u1@example.test'))).not.toBe(null)
    await disk.close()
  })

  test('more than 100 end the start, however many records there are', async () => {
    const dataFolder = await newStore(11_000)
    await change(
      dataFolder,
      Array.from({ length: 101 }, (_, n) => damagedAccount(n)),
    )
    expect((await faultOf(start(dataFolder))).message).toContain('101 of 11001 records')
  })
})

describe('a damaged environment', () => {
  const data = (dataFolder: string) => join(storeFolder(dataFolder), 'data.mdb')

  test('a truncated file ends the start with the restore command', async () => {
    const dataFolder = await newStore(2000)
    truncateSync(data(dataFolder), 40_960)
    const fault = await faultOf(start(dataFolder))
    expect(fault.event).toBe('store.damaged')
    expect(fault.message).toContain(data(dataFolder))
    expect(fault.message).toContain('meridian restore <backup folder> --verify')
  })

  test('a file of something else ends the start', async () => {
    const dataFolder = await newStore(1)
    writeFileSync(data(dataFolder), 'x'.repeat(100_000))
    expect((await faultOf(start(dataFolder))).message).toContain('is no LMDB environment')
  })

  test('an empty file ends the start: it is not a new store', async () => {
    const dataFolder = await newStore(1)
    truncateSync(data(dataFolder), 0)
    expect((await faultOf(start(dataFolder))).message).toContain('too short')
  })

  // LMDB answers zeroed pages with abort(): the child dies of it, the start says why.
  test('pages of zeros end the start with a message and not with the process', { timeout: 60_000 }, async () => {
    const dataFolder = await newStore(3000)
    const bytes = readFileSync(data(dataFolder))
    writeFileSync(data(dataFolder), bytes.fill(0, 8192))
    const fault = await faultOf(start(dataFolder))
    expect(fault.event).toBe('store.damaged')
    expect(fault.message).toContain('meridian restore')
  })

  test('a restore that was interrupted is no new store', async () => {
    const dataFolder = await newStore(1)
    renameSync(storeFolder(dataFolder), join(dataFolder, 'store.restoring'))
    expect((await faultOf(start(dataFolder))).event).toBe('store.half-restored')
    expect(existsSync(storeFolder(dataFolder))).toBe(false)
  })
})
