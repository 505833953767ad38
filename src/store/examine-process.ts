/**
 * The child of `examine.ts`: folder and what it is as arguments, an `Examination` as JSON on stdout.
 */
import { type ExaminedAs, examineHere } from './examine.ts'

const [folder = '', as = 'copy'] = process.argv.slice(2)
process.stdout.write(JSON.stringify(await examineHere(folder, as as ExaminedAs)))
