import { ConfigError } from '@tickwire/protocol'

/** What the system said when a port could not be opened, in the words of who chose the port. */
export function listenError(error: NodeJS.ErrnoException, host: string | undefined, port: number): Error {
  switch (error.code) {
    case 'EADDRINUSE': {
      const advice = `port ${port} is taken: another program listens there; stop it or choose another: PORT=${port + 1}`
      return new ConfigError('port', 'a free port', port, advice)
    }
    case 'EACCES':
      return new ConfigError('port', 'a port that this user may open', port, 'choose one above 1023')
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new ConfigError('host', 'an address of this machine', host)
    default:
      return error
  }
}
