/**
 * A calibration in words: each kernel with its cost, how well that is known and how it spread, and the scores.
 */
import type { Calibration } from './calibration.ts'
import { uncertaintyMax } from './calibration.ts'
import { kernelNames } from './kernel.ts'

export function describeCalibration({ machine, core, kernels, scores, steady }: Calibration): string {
  const rows = kernelNames.map((name) => {
    const { totalUs, userUs, systemUs, spread, uncertainty, operation } = kernels[name]
    const micros = `${shown(totalUs)} µs`.padStart(10)
    const split = `(user ${shown(userUs)}, system ${shown(systemUs)})`.padEnd(32)
    const known = `± ${(uncertainty * 100).toFixed(1)} %${uncertainty > uncertaintyMax ? ' !' : ''}`.padEnd(10)
    const spreadText = `spread ${Math.round(spread * 100)} %`.padEnd(12)
    return `  ${name.padEnd(11)}${micros} ${split} ${known} ${spreadText} ${operation}`
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
