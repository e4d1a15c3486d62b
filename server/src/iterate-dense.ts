/**
 * What stands in an array with holes, in order. Not a generator: those are never inlined, and a scan of a world would make
 * an object per entity.
 */
export function iterateDense<T>(items: readonly (T | undefined)[]): Iterator<T> {
  let at = 0
  return {
    next: (): IteratorResult<T> => {
      while (at < items.length) {
        const value = items[at++]
        if (value !== undefined) return { done: false, value }
      }
      return { done: true, value: undefined }
    },
  }
}
