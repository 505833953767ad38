/**
 * Tells when files (certificates, keys, configuration) have new content, however they were replaced: in place, by
 * rename, by a symbolic link one folder up. What to do with them is the caller's, who also finds out what they hold.
 */
import { createHash } from 'node:crypto'
import { type FSWatcher, readFileSync, watch } from 'node:fs'
import { dirname } from 'node:path'

/** Certificate and key are replaced one after the other; one reload is enough. */
const settleMs = 200

/** The file system's notices do not reach us through links and network file systems; looking does. */
const pollMs = 30_000

export interface WatchOptions {
  readonly settleMs?: number
  readonly pollMs?: number
  /** Also tells that a file cannot be read (any more); without it that is waited for to pass. */
  readonly tellsMissing?: boolean
}

export interface CertificateWatch {
  close(): void
}

/** Calls `onChange` whenever the content of one of the files changed and (unless told otherwise) all can be read. */
export function watchCertificates(
  paths: readonly string[],
  onChange: () => void,
  options: WatchOptions = {},
): CertificateWatch {
  const contentHash = options.tellsMissing === true ? hashOfAll : hashOfPresent
  let known = contentHash(paths)
  let settling: NodeJS.Timeout | null = null
  const look = () => {
    settling = null
    const found = contentHash(paths)
    if (found === null || found === known) return
    known = found
    onChange()
  }
  const noticed = () => {
    settling ??= setTimeout(look, options.settleMs ?? settleMs)
  }
  const watchers = watchFolders(paths, noticed)
  const poll = setInterval(look, options.pollMs ?? pollMs).unref()
  const close = () => {
    if (settling) clearTimeout(settling)
    clearInterval(poll)
    for (const watcher of watchers) watcher.close()
  }
  return { close }
}

/** Folders, not files: a watch on a file stays with the file that a rename has replaced. */
function watchFolders(paths: readonly string[], onNotice: () => void): FSWatcher[] {
  const watchers: FSWatcher[] = []
  for (const folder of new Set(paths.map((path) => dirname(path)))) {
    try {
      // A folder that vanishes ends the watch; the poll goes on.
      watchers.push(watch(folder, { persistent: false }, onNotice).on('error', onNotice))
    } catch {
      // No such folder, or no watches left: the poll finds the files when they appear.
    }
  }
  return watchers
}

/** Null while a file is missing. */
function hashOfPresent(paths: readonly string[]): string | null {
  const hash = createHash('sha256')
  try {
    for (const path of paths) hash.update(readFileSync(path)).update('\0')
  } catch {
    return null
  }
  return hash.digest('hex')
}

/** A file that cannot be read counts with the reason in place of its content. */
function hashOfAll(paths: readonly string[]): string {
  const hash = createHash('sha256')
  for (const path of paths) {
    try {
      hash.update('file\0').update(readFileSync(path))
    } catch (error) {
      hash.update('fault\0').update((error as NodeJS.ErrnoException).code ?? '')
    }
    hash.update('\0')
  }
  return hash.digest('hex')
}
