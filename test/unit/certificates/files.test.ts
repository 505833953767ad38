/** Certificates, watches and ticket keys on disk: whole or not at all, secrets for the owner only. */
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  loadTicketKeys,
  readCertificate,
  readTicketKeys,
  ticketKeyLifetimeMs,
  watchCertificates,
  writeCertificate,
  writePublicFile,
  writeSecretFile,
} from '../../../src/certificates/index.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'meridian-test-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const modeOf = (path: string) => statSync(path).mode & 0o777

describe('files', () => {
  it('keeps keys for the owner only, also over a file that others could read', () => {
    const files = { certFile: join(folder, 'new', 'a.pem'), keyFile: join(folder, 'new', 'a.key') }
    writeCertificate(files, { certificatePem: 'certificate', keyPem: 'old key' })
    rmSync(files.keyFile)
    writeFileSync(files.keyFile, 'readable', { mode: 0o644 })
    writeCertificate(files, { certificatePem: 'certificate', keyPem: 'key' })
    expect([modeOf(files.keyFile), modeOf(files.certFile) & 0o600]).toEqual([0o600, 0o600])
    expect(readCertificate(files)).toEqual({ certificatePem: 'certificate', keyPem: 'key' })
  })

  it('leaves no draft behind, also when it fails', () => {
    writeSecretFile(join(folder, 'a'), 'a')
    mkdirSync(join(folder, 'taken'))
    expect(() => writePublicFile(join(folder, 'taken'), 'b')).toThrow('EISDIR')
    expect(readdirSync(folder).sort()).toEqual(['a', 'taken'])
  })

  it('names the file that is missing', () => {
    const missing = { certFile: join(folder, 'none.pem'), keyFile: join(folder, 'none.key') }
    expect(() => readCertificate(missing)).toThrow('none.pem')
  })
})

describe('watchCertificates', () => {
  function watching(paths: string[], options = { settleMs: 1, pollMs: 3_600_000 }) {
    let wake = () => {}
    let changes = 0
    const watch = watchCertificates(
      paths,
      () => {
        changes++
        wake()
      },
      options,
    )
    const change = () => new Promise<void>((resolve) => (wake = resolve))
    return { watch, change, changes: () => changes }
  }

  it('tells of a file that was replaced by rename, and of one written in place', async () => {
    const path = join(folder, 'a.pem')
    writePublicFile(path, 'one')
    const { watch, change } = watching([path])
    const renamed = change()
    writePublicFile(path, 'two')
    await renamed
    const written = change()
    writeFileSync(path, 'three')
    await written
    watch.close()
  })

  it('tells once of a pair, and not of a file without new content', async () => {
    const [certificate, key, other] = ['a.pem', 'a.key', 'b.pem'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ]
    for (const path of [certificate, key, other]) writePublicFile(path, 'one')
    const pair = watching([certificate, key], { settleMs: 20, pollMs: 3_600_000 })
    const single = watching([other])
    const both = pair.change()
    writePublicFile(certificate, 'two')
    writePublicFile(key, 'two')
    await both
    writePublicFile(key, 'two')
    const last = single.change()
    writePublicFile(other, 'two')
    await last
    expect(pair.changes()).toBe(1)
    for (const { watch } of [pair, single]) watch.close()
  })

  it('finds by looking what no notice tells: a link that was turned', async () => {
    for (const version of ['1', '2']) {
      mkdirSync(join(folder, version))
      writePublicFile(join(folder, version, 'a.pem'), version)
    }
    mkdirSync(join(folder, 'live'))
    symlinkSync(join(folder, '1'), join(folder, 'live', 'now'))
    const { watch, change } = watching([join(folder, 'live', 'now', 'a.pem')], { settleMs: 1, pollMs: 5 })
    const turned = change()
    symlinkSync(join(folder, '2'), join(folder, 'live', 'next'))
    renameSync(join(folder, 'live', 'next'), join(folder, 'live', 'now'))
    await turned
    watch.close()
  })

  it('waits while a file is missing', async () => {
    const path = join(folder, 'late.pem')
    const { watch, change } = watching([path], { settleMs: 1, pollMs: 5 })
    const appeared = change()
    writePublicFile(path, 'here')
    await appeared
    watch.close()
  })
})

describe('ticket keys', () => {
  it('are made once, and kept over a restart', () => {
    const path = join(folder, 'tickets.json')
    const made = loadTicketKeys(path, 1_000)
    expect([made.current.length, made.previous, modeOf(path)]).toEqual([48, null, 0o600])
    expect(loadTicketKeys(path, 1_000 + ticketKeyLifetimeMs - 1)).toEqual(made)
  })

  it('are rotated after a day, keeping those before', () => {
    const path = join(folder, 'tickets.json')
    const made = loadTicketKeys(path, 1_000)
    const rotated = loadTicketKeys(path, 1_000 + ticketKeyLifetimeMs)
    expect(rotated.current).not.toEqual(made.current)
    expect(rotated.previous).toEqual(made.current)
    expect(readTicketKeys(path)).toEqual(rotated)
  })

  it('are rotated when the clock is behind their making', () => {
    const path = join(folder, 'tickets.json')
    const made = loadTicketKeys(path, 1_000)
    expect(loadTicketKeys(path, 999).current).not.toEqual(made.current)
  })

  it.each(['', '{}', 'null', '{"current":"c2hvcnQ=","madeMs":1,"previous":null}'])(
    'are made anew over "%s"',
    (text) => {
      const path = join(folder, 'tickets.json')
      writeFileSync(path, text)
      expect(readTicketKeys(path)).toBeNull()
      expect(loadTicketKeys(path, 1_000).previous).toBeNull()
      expect(readTicketKeys(path)?.madeMs).toBe(1_000)
    },
  )
})
