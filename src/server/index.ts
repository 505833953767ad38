/**
 * One server process, assembled: configuration, data folder, keys, store thread, workers, admin socket, health and
 * metrics. Knows everybody; nobody but the command line knows it.
 */
export { type RunningServer, type ServerOptions, type ServerStart, startServer } from './server.ts'
