/**
 * Keeps the record of each run beside the report as soon as it is there, so that an interrupted report loses nothing.
 * One that ended early is marked in its name.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunRecord } from '../measure/run-record.ts'

/** Throws the file system's error. Returns the file. */
export function keepRecord(folder: string, name: string, record: RunRecord): string {
  mkdirSync(folder, { recursive: true })
  const [whole, partial] = [join(folder, `run-${name}.json`), join(folder, `run-${name}.partial.json`)]
  const [file, other] = record.endedEarly === undefined ? [whole, partial] : [partial, whole]
  rmSync(other, { force: true })
  writeFileSync(file, `${JSON.stringify(record)}\n`)
  return file
}
