/**
 * What the traffic commands print.
 */
import type { RecordingStatus } from '../../admin/index.ts'

export function recordingText({ isRecording, file, rows, bytes }: RecordingStatus): string {
  if (file === '') return 'nothing is being recorded'
  return `${isRecording ? 'recording to' : 'recorded'} ${file}: ${rows} rows, ${bytes} bytes`
}
