/**
 * A process of its own in which the kernels run, so that it can be pinned to one core and nothing else is compiled in
 * it. Arguments: slices, milliseconds of a slice, names. One line of JSON for each kernel.
 */
import { kernels } from './all-kernels.ts'
import type { KernelName } from './kernel.ts'
import { measureKernel } from './measure-kernel.ts'

if (import.meta.main) {
  const [slices, sliceMs, ...names] = process.argv.slice(2)
  for (const name of names as KernelName[]) {
    const reading = await measureKernel(kernels[name], { slices: Number(slices), sliceMs: Number(sliceMs) })
    console.log(JSON.stringify({ name, reading }))
  }
}
