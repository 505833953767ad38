/**
 * What ties calibrations to the reference core R0 (an AMD EPYC of family 26, Zen 5), whose scores are 1 by definition.
 *
 * The kernels were read on another core, a Zen 4: of six calibrations the lowest median of each. It was a shared
 * virtual machine with other work beside them, so each figure may be some percent too high, and those of the handshakes
 * more. What that core is against R0 is not measured in one place: general and kernel by SPECDB (Zen 4 42, Zen 5 57
 * times a Pentium 4; that the kernel follows is assumed), cryptography by `openssl speed`: ECDSA P-256 20.1 µs against
 * 13.6, ECDH 50 against 29.5.
 */
import type { ClassScores } from '../convert.ts'
import type { KernelName } from './kernel.ts'

/** CPU microseconds of one operation. */
export interface ReferenceReading {
  readonly totalUs: number
  readonly systemUs: number
}

export const reference: {
  readonly cpu: string
  readonly at: string
  readonly commit: string
  readonly runtime: string
  /** Of the core that was read, R0 being 1. */
  readonly scores: ClassScores
  readonly kernels: Readonly<Record<KernelName, ReferenceReading>>
} = {
  cpu: 'AMD EPYC, family 25 model 17 (Zen 4), shared virtual machine',
  at: '2026-11-26',
  commit: '6aa85ac',
  runtime: 'node v24.21.0',
  scores: { general: 0.74, kernel: 0.74, asym: 0.63, sym: 0.63 },
  kernels: {
    'int-crc': { totalUs: 368, systemUs: 0 },
    'sip-loop': { totalUs: 3.83, systemUs: 0.07 },
    'json-map': { totalUs: 3.02, systemUs: 0.07 },
    'mem-chase': { totalUs: 0.165, systemUs: 0 },
    'tls-full': { totalUs: 1_014, systemUs: 77.1 },
    'tls-resume': { totalUs: 814, systemUs: 13.6 },
    'asym-ops': { totalUs: 112, systemUs: 0 },
    'echo-net': { totalUs: 18.8, systemUs: 12.5 },
  },
}
