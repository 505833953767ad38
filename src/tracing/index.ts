/**
 * Looking at what flows carry: the messages of one user as steps of a trace, and packets for Homer (HEP3). Pure: who
 * asks, and where it goes, is the runtime's and the server's.
 */
export { Capture, type CaptureSettings } from './capture.ts'
export { MergedOrder } from './merged-order.ts'
export { shownMessage } from './shown-message.ts'
export type { TraceBatch, TracedMessage, TraceOrder } from './traced-message.ts'
export { keptMessagesMax, Tracer } from './tracer.ts'
