import v8 from 'node:v8'
import vm from 'node:vm'

/** Collects all garbage, now. It is work of its own: what is measured begins after it, or ends before. */
export const collectGarbage = exposed()

/** The flag takes effect in a new context only. */
function exposed(): () => void {
  v8.setFlagsFromString('--expose-gc')
  return vm.runInNewContext('gc') as () => void
}
