/**
 * Buffers count as a part of the heap. V8 by itself begins a full collection whenever 64 MB of memory outside its heap
 * were asked for since the last, however large the heap is: in a storm of NOTIFYs, whose bodies are Buffers that die
 * young, that is once a second, and each marks all that lives (a third of the processor time of 10,000 sign-ins).
 */
import { setFlagsFromString } from 'node:v8'

/** The first major version of V8 that knows it; others print a complaint. */
const knownFrom = 13

/** For all threads of this process that begin afterwards. */
export function countBuffersAsHeap(): void {
  if (Number.parseInt(process.versions.v8, 10) < knownFrom) return
  setFlagsFromString('--external-memory-accounted-in-global-limit')
}
