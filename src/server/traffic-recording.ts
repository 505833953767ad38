/**
 * One recording of what users do, from main: opens the file, writes what the workers note, and closes it with a last
 * row that counts the others, so that a file cut short is recognised. Ends by itself after its time or at its size.
 */
import { randomBytes } from 'node:crypto'
import { createWriteStream, type WriteStream } from 'node:fs'
import type { RecordingStatus, TrafficBook } from '../admin/index.ts'
import type { Log } from '../ports/log.ts'
import type { RecordedRow } from '../runtime/index.ts'

/** Some ten million rows: days of 10,000 users. */
const bytesMax = 1_000_000_000
/** A worker that does not answer within this is not waited for. */
const endingMs = 2_000
const hourMs = 3_600_000

interface Recording {
  readonly file: string
  readonly stream: WriteStream
  readonly startedMs: number
  readonly timer: NodeJS.Timeout
  rows: number
  bytes: number
}

export interface TrafficRecordingParts {
  /** Tells the workers; returns how many. */
  record(key: Uint8Array | null): number
  readonly version: string
  readonly log: Log
  readonly now: () => number
}

export class TrafficRecording implements TrafficBook {
  readonly #parts: TrafficRecordingParts
  #recording: Recording | null = null
  #missing = 0
  #allEnded: () => void = () => {}

  constructor(parts: TrafficRecordingParts) {
    this.#parts = parts
  }

  async start(file: string, hours: number): Promise<RecordingStatus | string> {
    if (this.#recording) return `${this.#recording.file} is being recorded already; end it by \`meridian traffic stop\``
    const stream = createWriteStream(file, { flags: 'wx', mode: 0o600 })
    const fault = await new Promise<Error | null>((resolve) => {
      stream.once('open', () => resolve(null))
      stream.once('error', resolve)
    })
    if (fault) return `${file} cannot be written: ${fault.message}`
    const startedMs = this.#parts.now()
    const timer = setTimeout(() => void this.stop(), hours * hourMs)
    timer.unref()
    this.#recording = { file, stream, startedMs, timer, rows: 0, bytes: 0 }
    stream.on('error', (error) => this.#onFault(error))
    const { version } = this.#parts
    this.#write({ schema: 'meridian-traffic/1', startedAt: new Date(startedMs).toISOString(), version })
    // The key is never kept: nobody, not even who has the file and the user list, gets from hash to name.
    this.#parts.record(randomBytes(32))
    this.#parts.log.write('info', 'traffic.recording', { file, hours })
    return this.#statusOf(this.#recording)
  }

  async stop(): Promise<RecordingStatus | string> {
    const recording = this.#recording
    if (!recording) return 'nothing is being recorded'
    clearTimeout(recording.timer)
    await this.#collect()
    this.#write({ end: recording.rows })
    this.#recording = null
    await new Promise<void>((resolve) => recording.stream.end(resolve))
    this.#parts.log.write('info', 'traffic.recorded', { file: recording.file, rows: recording.rows })
    return { ...this.#statusOf(recording), isRecording: false }
  }

  status(): RecordingStatus {
    return this.#recording ? this.#statusOf(this.#recording) : { isRecording: false, file: '', rows: 0, bytes: 0 }
  }

  /** From a worker; null: it has handed over all. */
  onRecorded(rows: readonly RecordedRow[] | null): void {
    const recording = this.#recording
    if (rows === null) {
      if (--this.#missing <= 0) this.#allEnded()
      return
    }
    if (!recording) return
    for (const row of rows) this.#write(row)
    recording.rows += rows.length
    if (recording.bytes > bytesMax) void this.stop()
  }

  /** Waits for what the workers still have. */
  #collect(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, endingMs)
      this.#allEnded = () => {
        clearTimeout(timer)
        resolve()
      }
      this.#missing = this.#parts.record(null)
      if (this.#missing === 0) this.#allEnded()
    })
  }

  #write(row: object): void {
    const recording = this.#recording
    if (!recording) return
    const line = `${JSON.stringify(row)}\n`
    recording.bytes += line.length
    recording.stream.write(line)
  }

  /** A full disk ends the recording, and nothing else. */
  #onFault(error: Error): void {
    const recording = this.#recording
    if (!recording) return
    this.#parts.log.write('error', 'traffic.recording-failed', { file: recording.file, error: error.message })
    clearTimeout(recording.timer)
    this.#recording = null
    this.#parts.record(null)
  }

  #statusOf({ file, rows, bytes }: Recording): RecordingStatus {
    return { isRecording: true, file, rows, bytes }
  }
}
