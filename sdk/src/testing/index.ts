/** For tests and development, in Node: what makes a network bad on purpose for a client that knows nothing of it. */
export type { Impairment } from '../impair/impairment.ts'
export { createProxy } from './proxy.ts'
export type { Proxy, ProxyConnection, ProxyCounts, ProxyOptions } from './proxy.ts'
