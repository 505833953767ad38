/**
 * The command line: what a command is, the list of them, and the program that runs one.
 */
export type { Command, CommandDescription, CommandIo, ExitCode, Invocation, Outcome } from './command.ts'
export { done, doneWithWarnings, exitCodes, failed, misconfigured, misused } from './command.ts'
export { commands } from './commands.ts'
export { runProgram } from './program.ts'
export { cliPage } from './reference.ts'
export { processIo } from './terminal.ts'
export { productVersion } from './version.ts'
