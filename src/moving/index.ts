/**
 * Users get other homes while they are on line: the two sides of a move, and adoption from a dead home. Pure.
 */
export { HomesBook } from './homes-book.ts'
export { LiveFlows } from './live-flows.ts'
export { MovingService } from './moving-service.ts'
