/**
 * Certificates, keys and ticket keys on disk: written whole or not at all, secrets for the owner only. Where they lie
 * is the configuration's.
 */
import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { CertificateAndKey } from './authority.ts'

export interface CertificateFiles {
  readonly certFile: string
  readonly keyFile: string
}

/** For what everybody may read. */
export function writePublicFile(path: string, content: string | Uint8Array): void {
  writeWhole(path, content, 0o644)
}

/** For keys: never readable by others, not even for the moment between creation and chmod. */
export function writeSecretFile(path: string, content: string | Uint8Array): void {
  writeWhole(path, content, 0o600)
}

/** The key first: whoever watches the certificate then finds its key already there. */
export function writeCertificate(files: CertificateFiles, { certificatePem, keyPem }: CertificateAndKey): void {
  writeSecretFile(files.keyFile, keyPem)
  writePublicFile(files.certFile, certificatePem)
}

/** Throws Node's error (ENOENT, EACCES) with the path in it. */
export function readCertificate(files: CertificateFiles): CertificateAndKey {
  return { certificatePem: readFileSync(files.certFile, 'utf8'), keyPem: readFileSync(files.keyFile, 'utf8') }
}

function writeWhole(path: string, content: string | Uint8Array, mode: number): void {
  const folder = dirname(path)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    writeFlushed(draft, content, mode)
    renameSync(draft, path)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
  flushFolder(folder)
}

/** Flushed before the rename: after a power cut there is the old file or the new one, never an empty one. */
function writeFlushed(path: string, content: string | Uint8Array, mode: number): void {
  const file = openSync(path, 'wx', mode)
  try {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

function flushFolder(folder: string): void {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
