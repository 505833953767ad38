/**
 * The child of `examine.ts`: folder as the only argument, an `Examination` as JSON on stdout.
 */
import { examineHere } from './examine.ts'

process.stdout.write(JSON.stringify(await examineHere(process.argv[2] ?? '')))
// The environment is left open: closing a damaged one can end the process as well, after its work is done.
