// `npm start`: the demo and its game server until Ctrl-C.
import { startDemo } from './demo.ts'
import { runUntilSignal } from './listen.ts'

await runUntilSignal(async () => {
  const demo = await startDemo()
  console.log(`\n  Tickwire demo: ${demo.url}   (two tabs fly in the same room; Ctrl-C stops)\n`)
  return demo.close
})
