/**
 * The store: whether every record can be read, what is set aside, whether there is room, and whether there is a copy.
 */
import { existsSync, statfsSync, statSync } from 'node:fs'
import { type Config, dataPaths } from '../config/index.ts'
import { readAudit } from '../store/index.ts'
import { type Finding, Findings } from './finding.ts'

const dayMs = 86_400_000
/** A copy that is older has missed a week of messages and passwords. */
const backupDaysMax = 7
/** Below the first a server stops taking what must be kept; below the second it soon may. */
const freeBytesMin = 256 * 1024 * 1024
const freeBytesWarned = 2 * 1024 * 1024 * 1024

export interface StoreExamination {
  readonly records: number
  readonly unreadable: number
  readonly quarantined: number
}

export interface StoreQuestion {
  readonly config: Config
  readonly nowMs: number
  /** Reads every record, by way of the server where one runs; text: why it cannot. */
  examine(): Promise<StoreExamination | string>
}

export async function checkStore(question: StoreQuestion): Promise<readonly Finding[]> {
  const found = new Findings('store')
  const { folder, store } = dataPaths(question.config)
  if (!existsSync(store)) {
    found.right('server.dataFolder', `${store} is not there yet: the first start makes it`)
    return found.all
  }
  checkRights(found, folder)
  checkSpace(found, folder)
  await checkRecords(found, question)
  await checkBackup(found, folder, question.nowMs)
  return found.all
}

function checkRights(found: Findings, folder: string): void {
  const { mode } = statSync(folder)
  if ((mode & 0o007) === 0) found.right('server.dataFolder', `${folder} is closed to other users of this machine`)
  else found.fault('server.dataFolder', `${folder} is open to every user of this machine`, `chmod 700 ${folder}`)
}

function checkSpace(found: Findings, folder: string): void {
  const { bavail, bsize, ffree } = statfsSync(folder)
  const free = bavail * bsize
  const cure = 'make room on that disk, or move server.dataFolder to a larger one'
  const reason = `${megabytes(free)} free where ${folder} lies`
  if (free < freeBytesMin) found.fault('server.dataFolder', `${reason}: messages will be refused`, cure)
  else if (free < freeBytesWarned) found.warning('server.dataFolder', reason, cure)
  else found.right('server.dataFolder', reason)
  if (ffree > 0 && ffree < 1_000) found.warning('server.dataFolder', `${ffree} inodes left there`, cure)
}

async function checkRecords(found: Findings, { examine }: StoreQuestion): Promise<void> {
  const examined = await examine()
  if (typeof examined === 'string') {
    found.fault(
      'server.dataFolder',
      `the store cannot be examined: ${examined}`,
      'run as the server’s user; see its log',
    )
    return
  }
  const { records, unreadable, quarantined } = examined
  if (unreadable > 0) {
    const cure = '`meridian store check` names them; `meridian restore` brings a copy back'
    found.fault('server.dataFolder', `${unreadable} of ${records} records cannot be read`, cure)
  } else found.right('server.dataFolder', `${records} records, all can be read`)
  if (quarantined === 0) return
  const cure = '`meridian store show` shows whose they are; what they held is in the last backup'
  found.warning('server.dataFolder', `${quarantined} records are set aside as unreadable`, cure)
}

async function checkBackup(found: Findings, folder: string, nowMs: number): Promise<void> {
  const cure = '`meridian backup FOLDER`, each night, to another disk (docs/operate.md)'
  const last = (await readAudit(folder)).findLast(({ event }) => event === 'store.backup')
  if (!last) {
    found.warning('backup', 'none was ever made of this store', cure)
    return
  }
  const days = Math.floor((nowMs - last.atMs) / dayMs)
  if (days > backupDaysMax) found.warning('backup', `the last is ${days} days old (${last.subject})`, cure)
  else found.right('backup', `the last was made ${days === 0 ? 'within a day' : `${days} days ago`} (${last.subject})`)
}

function megabytes(bytes: number): string {
  return `${Math.floor(bytes / 1024 / 1024).toLocaleString('en')} MB`
}
