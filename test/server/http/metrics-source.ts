import { Counters } from '../../../server/src/counters.ts'
import type { MetricsSource } from '../../../server/src/http/metrics.ts'
import { newInputCounters } from '../../../server/src/room/input-queue.ts'
import { newTraffic } from '../../../server/src/traffic.ts'

/** A server in which nothing has happened. */
export const emptySource = (): MetricsSource => ({
  links: { online: 0, dropped: 0 },
  traffic: newTraffic(),
  counters: new Counters().toObject(),
  inputs: newInputCounters(),
  rooms: new Map(),
  queues: new Map(),
})
