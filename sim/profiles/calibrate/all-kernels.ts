/**
 * The list of kernels, and nothing else.
 */
import { echoNet } from './echo-net.ts'
import { intCrc } from './int-crc.ts'
import { jsonMap } from './json-map.ts'
import type { Kernel, KernelName } from './kernel.ts'
import { memChase } from './mem-chase.ts'
import { sipLoop } from './sip-loop.ts'
import { asymOps, tlsFull, tlsResume } from './tls.ts'

export const kernels: Readonly<Record<KernelName, Kernel>> = {
  'int-crc': intCrc,
  'sip-loop': sipLoop,
  'json-map': jsonMap,
  'mem-chase': memChase,
  'tls-full': tlsFull,
  'tls-resume': tlsResume,
  'asym-ops': asymOps,
  'echo-net': echoNet,
}
