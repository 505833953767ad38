/**
 * What the chat client keeps of one account between two starts, in `<data folder>/chat`: the instance id by which the
 * server knows this device again (RFC 5626 §4.1), and where the history lies. One running client at a time is this
 * device; a second one of the same account is a device of its own, which is gone when it ends.
 */
import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Profile {
  readonly instanceId: string
  /** Null where nothing can be kept. */
  readonly historyFile: string | null
  /** Why something is not kept; null when all is. */
  readonly warning: string | null
  release(): void
}

/** `name`: what tells the accounts of one data folder apart. */
export function openProfile(dataFolder: string, name: string): Profile {
  const folder = join(dataFolder, 'chat')
  const file = join(folder, encodeURIComponent(name))
  const fresh = `urn:uuid:${randomUUID()}`
  const unlocked = { instanceId: fresh, historyFile: `${file}.jsonl`, release: () => {} }
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const lock = `${file}.pid`
    if (!takeLock(lock)) return { ...unlocked, warning: null }
    const instanceId = readInstanceId(`${file}.instance`, fresh)
    return { ...unlocked, instanceId, warning: null, release: () => rmSync(lock, { force: true }) }
  } catch (error) {
    const warning = `nothing is kept of this conversation: ${(error as Error).message}`
    return { ...unlocked, historyFile: null, warning }
  }
}

function readInstanceId(path: string, fresh: string): string {
  try {
    writeFileSync(path, `${fresh}\n`, { flag: 'wx', mode: 0o600 })
    return fresh
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const kept = readFileSync(path, 'utf8').trim()
  return /^urn:uuid:[0-9a-f-]{36}$/i.test(kept) ? kept : fresh
}

/** A lock whose owner has died is taken over. */
function takeLock(path: string): boolean {
  for (const isLastTry of [false, true]) {
    try {
      writeFileSync(path, `${process.pid}\n`, { flag: 'wx', mode: 0o600 })
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    if (isLastTry || isRunning(Number(readFileSync(path, 'utf8')))) return false
    rmSync(path, { force: true })
  }
  return false
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
