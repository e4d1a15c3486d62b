import { Command, Option } from 'commander'
import { createProxy } from '@tickwire/sdk/testing'
import { impairment, whole } from './options.ts'
import { untilSignal } from './signals.ts'

interface ProxyFlags {
  readonly port: number
  readonly impair?: ReturnType<typeof impairment>
}

/** `tickwire proxy ws://localhost:2567 --impair latency=75,loss=1` */
export function proxyCommand(): Command {
  return new Command('proxy')
    .description('a bad network in front of any server, for any client')
    .argument('<target>', 'the server, such as ws://localhost:2567')
    .addOption(new Option('--port <port>', 'where to listen').argParser(whole('port', 0)).default(0, 'any free port'))
    .option('--impair <parts>', 'latency=75,jitter=30,loss=1,kbps=256,stall=300/5000,cut=20000', impairment)
    .addHelpText(
      'after',
      '\nExample:\n  tickwire proxy ws://localhost:2567 --port 2600 --impair latency=75,jitter=30,loss=1',
    )
    .action(async (target: string, { port, impair = {} }: ProxyFlags) => {
      const proxy = await createProxy({ target, port, impair })
      console.log(`${proxy.url} -> ${target}   (c and Enter cuts all connections, Ctrl-C stops)`)
      process.stdin.setEncoding('utf8').on('data', (line: string) => {
        if (line.trim() === 'c') proxy.cutAll()
      })
      await untilSignal()
      await proxy.close()
      process.stdin.pause()
      const { opened, cut, bytesUp, bytesDown } = proxy.counts
      console.log(`${opened} connections, ${cut} cut, ${bytesUp} B up, ${bytesDown} B down`)
    })
}
