import type { Fields } from '@tickwire/protocol/internal'

const SOURCE = Symbol('source')
interface Shown {
  readonly [SOURCE]: Fields
}

/**
 * Read-only windows onto records that this package changes. They can be spread, listed and compared like plain objects;
 * writing to one throws, because the write would be lost with the next frame.
 */
export class ReadOnlyShape {
  private readonly properties: PropertyDescriptorMap

  /**
   * @param label names the object in errors: `'ship'`
   * @param hint what to do instead of writing
   * @param keyOf what a name is called in the records
   */
  constructor(label: string, names: readonly string[], hint: string, keyOf: (name: string) => string = (name) => name) {
    this.properties = Object.fromEntries(names.map((name) => [name, accessor(`${label}.${name}`, keyOf(name), hint)]))
  }

  over(record: Fields): object {
    const view = Object.defineProperty({}, SOURCE, { value: record })
    return Object.preventExtensions(Object.defineProperties(view, this.properties))
  }
}

// One pair of functions for all objects of a shape: a closure for each field of each entity would cost more than the data.
function accessor(label: string, key: string, hint: string): PropertyDescriptor {
  return {
    enumerable: true,
    get(this: Shown) {
      return this[SOURCE][key]
    },
    set() {
      throw new TypeError(`${label} is read-only here: ${hint}`)
    },
  }
}
