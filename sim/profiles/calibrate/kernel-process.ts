/**
 * A process of its own in which the kernels run, so that it can be pinned to one core and nothing else is compiled in
 * it. Arguments: slices, milliseconds of a slice, names. One line of JSON for each kernel.
 */
import { kernels } from './all-kernels.ts'
import type { KernelName } from './kernel.ts'
import { measureKernels } from './measure-kernel.ts'

if (import.meta.main) {
  const [slices, sliceMs, ...names] = process.argv.slice(2)
  const wanted = names as KernelName[]
  const options = { slices: Number(slices), sliceMs: Number(sliceMs) }
  const readings = await measureKernels(
    wanted.map((name) => kernels[name]),
    options,
  )
  for (const [index, reading] of readings.entries()) console.log(JSON.stringify({ name: wanted[index], reading }))
}
