/**
 * The child of `adapt-copy.ts`: folder and former epoch as arguments, an `Adaptation` as JSON on stdout.
 */
import { adaptHere } from './adapt-copy.ts'

const [folder = '', formerEpoch = '0'] = process.argv.slice(2)
process.stdout.write(JSON.stringify(await adaptHere(folder, Number(formerEpoch))))
