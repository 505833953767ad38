/**
 * Backup, restore, audit and inspection: a copy is whole or not there, and what came back is made safe (P1, P2).
 */
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { bindingKey, bindingRecord } from '../../../src/ports/records/binding.ts'
import { credentialKey, credentialRecord } from '../../../src/ports/records/credential.ts'
import { documentKey, documentRecord } from '../../../src/ports/records/document.ts'
import { mailboxMessageKey, mailboxMessageRecord } from '../../../src/ports/records/mailbox-message.ts'
import { operationKey, operationRecord } from '../../../src/ports/records/operation.ts'
import type { RecordWrite } from '../../../src/ports/store.ts'
import type { Aor } from '../../../src/sip/uri/aor.ts'
import {
  type AuditEntry,
  AuditLog,
  auditPath,
  backup,
  check,
  describeRestore,
  readAudit,
  restore,
  show,
  stats,
  storeFolder,
} from '../../../src/store/index.ts'
import { dataFolders, openDirectStore, openDisk, testNowMs } from '../../support/data-folder.ts'

const newFolder = dataFolders()
const alice = 'sip:alice@example.test' as Aor
const takenMs = testNowMs + 1000
/** Of LMDB on every machine that we serve. */
const pageBytes = 4096

const credential: RecordWrite = {
  key: credentialKey(alice),
  value: credentialRecord.encode({ ha1Md5: Buffer.from('password-equal'), ha1Sha256: Buffer.from('another-equal') }),
}

function message(sequence: number, receivedMs: number): RecordWrite {
  const value = mailboxMessageRecord.encode({
    sequence,
    sender: alice,
    operationId: 'o',
    receivedMs,
    expiresMs: receivedMs + 1,
    bytes: Buffer.from('MESSAGE secret body'),
    date: 'd',
    inMailbox: true,
    possiblySeen: false,
  })
  return { key: mailboxMessageKey(alice, sequence), value }
}

const contacts: RecordWrite = {
  key: documentKey(alice, 'resource-lists', 'index'),
  value: documentRecord.encode({
    auid: 'resource-lists',
    name: 'index',
    contentType: 'application/resource-lists+xml',
    bytes: Buffer.from('<resource-lists/>'),
    etag: 'e',
    changedMs: 1,
  }),
}

const binding: RecordWrite = {
  key: bindingKey(alice, 'phone'),
  value: bindingRecord.encode({
    deviceKey: 'phone',
    contactUri: 'sip:alice@192.0.2.1',
    instanceId: null,
    regId: null,
    callId: 'c',
    cseq: 1,
    q: 1,
    ceilingMs: 1,
    path: [],
    userAgent: '',
    transport: 'tcp',
    pubGruuId: null,
    tempGruuBase: 'linkable',
    createdMs: 1,
  }),
}

const operation: RecordWrite = {
  key: operationKey(alice, 'o'),
  value: operationRecord.encode({ operationId: 'o', status: 202, reason: 'Accepted', headers: [], atMs: 1 }),
}

async function storeWith(writes: readonly RecordWrite[]): Promise<string> {
  const dataFolder = newFolder()
  const store = await openDirectStore(dataFolder)
  expect(await store.commitFlushed(writes)).toEqual({ ok: true })
  await store.close()
  return dataFolder
}

async function backedUp(writes: readonly RecordWrite[]): Promise<{ dataFolder: string; copy: string }> {
  const dataFolder = await storeWith(writes)
  const copy = join(newFolder(), 'copy')
  const store = await openDirectStore(dataFolder)
  const result = await backup(store.disk, copy, takenMs)
  expect(result.ok).toBe(true)
  await store.close()
  return { dataFolder, copy }
}

async function restored(copy: string, dataFolder: string, verify = true) {
  const result = await restore(copy, dataFolder, { verify, nowMs: testNowMs + 5000 })
  if (!result.ok) throw new Error(result.reason)
  return result.report
}

describe('backup', () => {
  test('of a store under writes is whole, counted and readable (P1)', async () => {
    const dataFolder = await storeWith([])
    const store = await openDirectStore(dataFolder)
    let told = 0
    let writing = true
    const writer = (async () => {
      for (let n = 0; writing; n++) {
        const both = [message(2 * n, 1), message(2 * n + 1, 1)]
        expect(await store.commitFlushed(both)).toEqual({ ok: true })
        told = n + 1
      }
    })()
    while (told < 20) await store.commitFlushed([])
    const before = told
    const copy = join(newFolder(), 'copy')
    const result = await backup(store.disk, copy, takenMs)
    writing = false
    await writer
    await store.close()
    const disk = openDisk(storeFolder(copy))
    const report = await check(disk)
    await disk.close()
    const messages = report.kinds.get('mailbox-message')?.recordsCount ?? 0
    expect(messages).toBeGreaterThanOrEqual(before * 2)
    // Batches are in it whole or not at all.
    expect(messages % 2).toBe(0)
    expect(result).toMatchObject({ ok: true, report: { recordsCount: report.recordsCount, unreadableCount: 0 } })
    expect(JSON.parse(readFileSync(join(copy, 'backup.json'), 'utf8'))).toMatchObject({ takenMs })
  })

  test('never overwrites a folder that holds something', async () => {
    const { dataFolder, copy } = await backedUp([credential])
    const store = await openDirectStore(dataFolder)
    expect(await backup(store.disk, copy, takenMs)).toEqual({ ok: false, reason: `${copy} exists and is not empty` })
    await store.close()
  })
})

describe('restore', () => {
  test('brings accounts, mail and documents back, without soft state, with a higher epoch (P2)', async () => {
    const { dataFolder, copy } = await backedUp([credential, message(1, 5), contacts, binding, operation])
    const store = await openDirectStore(dataFolder)
    await store.commitFlushed([message(2, takenMs + 1), { key: credential.key, value: null }])
    await store.close()
    const report = await restored(copy, dataFolder)
    expect(report).toMatchObject({ serverEpoch: 2, dropped: { binding: 1, operation: 1 }, possiblySeenCount: 1 })
    const back = await openDirectStore(dataFolder)
    expect(back.opened.manifest.serverEpoch).toBe(2)
    const kinds = (await show(back.disk, alice)).map(({ kind }) => kind)
    expect(kinds).toEqual(['credential', 'document', 'mailbox-message'])
    const kept = mailboxMessageRecord.decode(back.disk.get(mailboxMessageKey(alice, 1)) ?? Buffer.alloc(0))
    expect(kept).toMatchObject({ ok: true, value: { possiblySeen: true, sequence: 1 } })
    await back.close()
    expect(existsSync(report.replaced ?? '')).toBe(true)
  })

  test('raises the epoch above every one that was ever given, also from the same copy again', async () => {
    const { dataFolder, copy } = await backedUp([credential])
    const epochs = [(await restored(copy, dataFolder)).serverEpoch]
    // The store in place may be damaged beyond reading: then the audit knows the epoch.
    writeFileSync(join(storeFolder(dataFolder), 'data.mdb'), 'damaged')
    const second = await restore(copy, dataFolder, { verify: false, nowMs: testNowMs + 9000 })
    epochs.push(second.ok ? second.report.serverEpoch : 0)
    expect(epochs).toEqual([2, 3])
  })

  test('says what was revoked since the copy, from the audit', async () => {
    const { dataFolder, copy } = await backedUp([credential])
    const log = await AuditLog.open(dataFolder)
    const entry = (atMs: number, event: string, revokes: boolean): AuditEntry => ({
      atMs,
      event,
      subject: alice,
      revokes,
    })
    await log.append(entry(takenMs - 1, 'user.disabled', true))
    await log.append(entry(takenMs + 1, 'user.created', false))
    await log.append(entry(takenMs + 2, 'credential.revoked', true))
    await log.close()
    const report = await restored(copy, dataFolder)
    expect(report.revokedSince.map(({ event }) => event)).toEqual(['credential.revoked'])
    const text = describeRestore(report).join('\n')
    expect(text).toContain(`credential.revoked ${alice}`)
    expect(text).not.toContain('user.created')
  })

  test('is refused while a server runs', async () => {
    const { dataFolder, copy } = await backedUp([credential])
    const store = await openDirectStore(dataFolder)
    const result = await restore(copy, dataFolder, { verify: false, nowMs: testNowMs })
    expect(result.ok ? '' : result.reason).toContain(`pid ${process.pid}`)
    await store.close()
  })

  test('--verify finds a copy that has changed, and leaves the store as it is', async () => {
    const { dataFolder, copy } = await backedUp([credential, message(1, 5)])
    const disk = openDisk(storeFolder(copy))
    await disk.write([{ key: Buffer.from(mailboxMessageKey(alice, 1)), value: Buffer.from('unreadable') }]).flushed
    await disk.close()
    const result = await restore(copy, dataFolder, { verify: true, nowMs: testNowMs })
    expect(result.ok ? '' : result.reason).toContain('1 records of the copy cannot be read')
    expect(existsSync(join(dataFolder, 'store.restoring'))).toBe(false)
    const store = await openDirectStore(dataFolder)
    expect(store.opened.manifest.serverEpoch).toBe(1)
    await store.close()
  })

  test('a folder that is no backup, or a damaged one, is named', async () => {
    const { dataFolder, copy } = await backedUp([credential])
    const nothing = newFolder()
    expect(await restore(nothing, dataFolder, { verify: true, nowMs: 1 })).toEqual({
      ok: false,
      reason: `${nothing} is not a backup: it has no readable backup.json`,
    })
    writeFileSync(join(copy, 'store', 'data.mdb'), 'damaged')
    const result = await restore(copy, dataFolder, { verify: true, nowMs: 1 })
    expect(result.ok ? '' : result.reason).toContain('is damaged')
  })

  test('a copy with any one page damaged ends in words or in a whole store, never in a crash (P1)', async () => {
    const writes = Array.from({ length: 80 }, (_, sequence) => message(sequence, 1))
    const dataFolder = await storeWith([credential, binding, operation])
    const store = await openDirectStore(dataFolder)
    for (const part of [writes.slice(0, 40), writes.slice(40)]) await store.commitFlushed(part)
    const copy = join(newFolder(), 'copy')
    expect((await backup(store.disk, copy, takenMs)).ok).toBe(true)
    await store.close()
    const path = join(copy, 'store', 'data.mdb')
    const whole = readFileSync(path)
    const outcomes: boolean[] = []
    for (let page = 2; page * pageBytes < whole.length; page++) {
      const damaged = Buffer.from(whole)
      damaged.fill(0xff, page * pageBytes, (page + 1) * pageBytes)
      writeFileSync(path, damaged)
      const result = await restore(copy, dataFolder, { verify: true, nowMs: testNowMs + page })
      outcomes.push(result.ok)
      expect(existsSync(join(dataFolder, 'store.restoring'))).toBe(false)
      if (result.ok) continue
      expect(result.reason).toContain(`the backup ${copy} is damaged`)
      expect(result.reason).not.toMatch(/\n {4}at /)
    }
    expect(outcomes).toContain(false)
    const after = await openDirectStore(dataFolder)
    expect((await check(after.disk)).unreadableCount).toBe(0)
    await after.close()
  }, 120_000)

  test('into an empty data folder makes a store there', async () => {
    const { copy } = await backedUp([credential])
    const elsewhere = newFolder()
    expect(await restored(copy, elsewhere)).toMatchObject({ replaced: null, serverEpoch: 2 })
    const store = await openDirectStore(elsewhere)
    expect(store.disk.get(credential.key)).not.toBe(null)
    await store.close()
    expect(readdirSync(elsewhere)).toContain('audit.jsonl')
  })
})

describe('inspection', () => {
  test('check counts by kind and names what cannot be read', async () => {
    const dataFolder = await storeWith([credential, message(1, 1), message(2, 1)])
    const store = await openDirectStore(dataFolder)
    const bad = { key: mailboxMessageKey(alice, 3), value: Buffer.from('damaged') }
    await store.commitFlushed([bad])
    const report = await check(store.disk)
    expect(report.kinds.get('mailbox-message')?.recordsCount).toBe(3)
    expect(report.unreadable).toEqual([{ key: bad.key, reason: 'checksum does not match' }])
    expect((await stats(store.disk)).get('credential')).toEqual({
      recordsCount: 1,
      bytes: Buffer.byteLength(credential.key) + (credential.value?.length ?? 0),
    })
    await store.close()
  })

  test('show decodes one user and masks every secret', async () => {
    const dataFolder = await storeWith([credential, message(1, 1), binding])
    const store = await openDirectStore(dataFolder)
    const text = JSON.stringify(await show(store.disk, alice))
    await store.close()
    expect(text).toContain('"contactUri":"sip:alice@192.0.2.1"')
    expect(text).toContain('"ha1Md5":"(14 bytes, masked)"')
    for (const secret of ['password-equal', 'another-equal', 'secret body', 'linkable'])
      expect(text).not.toContain(secret)
  })
})

describe('audit', () => {
  test('keeps lines in order, across a line torn by a power cut', async () => {
    const dataFolder = newFolder()
    mkdirSync(dirname(auditPath(dataFolder)), { recursive: true })
    const entry = (n: number): AuditEntry => ({ atMs: n, event: 'test.event', subject: String(n), revokes: false })
    const first = await AuditLog.open(dataFolder)
    await Promise.all([1, 2, 3].map((n) => first.append(entry(n))))
    await first.close()
    appendFileSync(auditPath(dataFolder), '{"atMs":4,"eve')
    const second = await AuditLog.open(dataFolder)
    await second.append(entry(5))
    await second.close()
    expect((await readAudit(dataFolder)).map(({ atMs }) => atMs)).toEqual([1, 2, 3, 5])
  })

  test('there is none before the first entry', async () => {
    expect(await readAudit(newFolder())).toEqual([])
  })
})
