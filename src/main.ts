/**
 * Where the process starts: `bin/meridian` runs this file. Everything else is a command in `src/cli/`.
 */
import { commands, processIo, productVersion, runProgram } from './cli/index.ts'

// A reader that has seen enough (`meridian … | head`) is no fault of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

// Set, not exit(): what is still in the pipe to standard output must get out first.
process.exitCode = await runProgram(process.argv.slice(2), { commands, io: processIo(), version: productVersion() })
