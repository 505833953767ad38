/**
 * A calibration in words: each kernel with its cost and spread, and the scores.
 */
import type { Calibration } from './calibration.ts'
import { spreadMax } from './calibration.ts'
import { kernelNames } from './kernel.ts'

export function describeCalibration({ machine, core, kernels, scores, steady }: Calibration): string {
  const rows = kernelNames.map((name) => {
    const { totalUs, userUs, systemUs, spread, operation } = kernels[name]
    const micros = `${shown(totalUs)} µs`.padStart(10)
    const split = `(user ${shown(userUs)}, system ${shown(systemUs)})`.padEnd(32)
    const spreadText = `± ${Math.round((spread * 100) / 2)} %${spread > spreadMax ? ' !' : ''}`.padEnd(9)
    return `  ${name.padEnd(11)}${micros} ${split} ${spreadText} ${operation}`
  })
  const { general, kernel, asym } = scores
  return [
    `${machine.cpu}, ${core === null ? 'not pinned' : `core ${core}`}, ${machine.runtime}`,
    ...rows,
    `  against the reference core: general ${shown(general)}, kernel ${shown(kernel)}, ` +
      `cryptography ${shown(asym)}${steady ? '' : '; unsteady'}`,
  ].join('\n')
}

function shown(value: number): string {
  return value >= 1_000 ? value.toFixed(0) : String(Number(value.toPrecision(3)))
}
