import { createClient } from 'tickwire/client'
import { arena } from '../../games/arena/arena.ts'

/** What a game loads, and what it loads when a developer asks for the inspector. */
Object.assign(window, {
  client: createClient('/'),
  arena,
  inspect: () => import('tickwire/client/inspector'),
})
