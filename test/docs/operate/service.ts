import { signRequest } from 'tickwire/server'

/** Asks a game server for something, as a service that knows its secret. */
export async function ask(server: string, secret: string, path: string, wish: object): Promise<unknown> {
  const request = { method: 'POST', path, body: JSON.stringify(wish), time: String(Date.now()) }
  const response = await fetch(server + path, {
    method: request.method,
    body: request.body,
    headers: {
      'content-type': 'application/json',
      'tickwire-time': request.time,
      'tickwire-signature': signRequest(secret, request),
    },
  })
  if (!response.ok) throw new Error((await response.text()) || response.statusText)
  return response.json()
}
