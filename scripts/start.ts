// `npm start`: the demo and its game server until Ctrl-C.
import { startDemo } from './demo.ts'
import { announce, runUntilSignal } from './listen.ts'

await runUntilSignal(async () => {
  const demo = await startDemo()
  announce('Tickwire demo', demo, 'two tabs fly in the same room; Ctrl-C stops')
  return demo.close
})
