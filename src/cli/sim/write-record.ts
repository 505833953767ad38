/** The record of a run, written to the file that was asked for. */
import { writeFileSync } from 'node:fs'
import type { RunRecord } from '../../../sim/measure/run-record.ts'
import { fileFault } from '../file-fault.ts'

/** Why it could not be written; null: it was. */
export function writeRecord(record: RunRecord, path: string): string | null {
  try {
    writeFileSync(path, `${JSON.stringify(record)}\n`)
    return null
  } catch (fault) {
    return `cannot write ${path}: ${fileFault(fault)}`
  }
}
