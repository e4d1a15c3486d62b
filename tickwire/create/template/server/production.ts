// `npm run serve`, after `npm run build`: pages and game from one process and one port.
import { createServer } from 'node:http'
import sirv from 'sirv'
import { startServer } from './main.ts'

const pages = sirv('dist/client')
const httpServer = createServer()
const game = await startServer({ httpServer })
httpServer.on('request', (request, response) => game.http(request, response, () => pages(request, response)))
const port = Number(process.env['PORT'] ?? 2567)
httpServer.listen(port, () => console.log(`http://localhost:${game.port}`))

// A deploy sends SIGTERM: those who play finish, and are told when to come back.
process.once('SIGTERM', () => {
  void game.drain().then(() => process.exit(0))
})
