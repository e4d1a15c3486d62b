import { Lazy } from '../lazy.ts'
import type * as outside from './outside.ts'

/** Lists, parties, queues and names, with the schema of channel 0: most pages play and never ask for them. */
export const lobbyPart: Lazy<typeof outside> = new Lazy(() => import('./outside.ts'))
