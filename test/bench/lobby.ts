import { joinFigures } from './lobby/joins.ts'
import { listingFigures } from './lobby/listing.ts'
import { ticketFigures } from './lobby/tickets.ts'
import type { Bench, Figure } from './report.ts'

const PARTS: Readonly<Record<string, () => Promise<readonly Figure[]> | readonly Figure[]>> = {
  joins: joinFigures,
  tickets: ticketFigures,
  listing: listingFigures,
}

/** What a lobby costs: joins that come all at once, tickets to matches, lists that many follow. */
export const lobby: Bench = {
  name: 'lobby',
  about: `5000 joins in 5 s, 10 000 tickets, 5000 rooms followed by 200 (--only ${Object.keys(PARTS).join(', ')})`,
  async run(say, only = []) {
    const figures: Figure[] = []
    for (const [name, part] of Object.entries(PARTS)) {
      if (only.length > 0 && !only.includes(name)) continue
      say(`  ${name} ...`)
      figures.push(...(await part()))
    }
    return figures
  },
}
