import { shownName } from '@tickwire/protocol/internal'
import type { Fields, ShownSection } from '@tickwire/protocol/internal'

/** One section among the fields that it travels with, under its own names; read-only. */
export function sectionView(fields: Fields, section: ShownSection, names: readonly string[]): object {
  const getters = names.map((name) => {
    const key = shownName(section, name)
    return [name, { enumerable: true, get: () => fields[key] }] as const
  })
  return Object.defineProperties({}, Object.fromEntries(getters))
}
