/**
 * Recording of traffic for a replay, as administrators ask for it.
 */
import type { AdminResult } from '../result.ts'

export interface RecordingStatus {
  readonly isRecording: boolean
  /** On the server's machine; empty where nothing is recorded. */
  readonly file: string
  readonly rows: number
  readonly bytes: number
}

export interface TrafficBackend {
  /** Into a new file of the server's machine, for so many hours at most. */
  record(file: string, hours: number): Promise<AdminResult<RecordingStatus>>
  stop(): Promise<AdminResult<RecordingStatus>>
  status(): Promise<AdminResult<RecordingStatus>>
}

/** What the backend stands on; a text says why not. */
export interface TrafficBook {
  start(file: string, hours: number): Promise<RecordingStatus | string>
  stop(): Promise<RecordingStatus | string>
  status(): RecordingStatus
}
