/**
 * A process that says it is ready, waits for a line on stdin, tries to lock a data folder and says how it went; the
 * winner keeps it until killed.
 */
import { once } from 'node:events'
import { lockDataFolder } from '../../../src/store/lock.ts'

const [folder = '', name = ''] = process.argv.slice(2)
process.stdout.write('ready\n')
await once(process.stdin, 'data')
const locked = lockDataFolder(folder, name, Date.now())
process.stdout.write(locked.ok ? `won ${process.pid}\n` : `lost ${locked.fault.message}\n`)
if (locked.ok) setInterval(() => undefined, 1000)
