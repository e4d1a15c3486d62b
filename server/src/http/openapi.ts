import { attributesOf } from '@tickwire/protocol/internal'
import type { GameSchema } from '@tickwire/protocol'
import { jsonSchemaOf } from './json-schema.ts'
import type { JsonSchema } from './json-schema.ts'
import { SIGNATURE_HEADER, TIME_HEADER } from './signature.ts'

const VERSION = '1'

const string: JsonSchema = { type: 'string' }
const count: JsonSchema = { type: 'integer', minimum: 0 }
const object = (properties: Readonly<Record<string, JsonSchema>>, required: readonly string[] = []): JsonSchema => ({
  type: 'object',
  properties,
  required,
})
const ref = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` })
const json = (schema: JsonSchema): JsonSchema => ({ 'application/json': { schema } })
const answer = (description: string, schema?: JsonSchema): JsonSchema => ({
  description,
  ...(schema && { content: json(schema) }),
})
const PROBLEM = { description: 'A problem', content: { 'application/problem+json': { schema: ref('Problem') } } }

/** The OpenAPI document of a server, made from the schemas of its games: what it says is what the server checks. */
export function openApi(games: readonly GameSchema[]): JsonSchema {
  const names = { enum: games.map(({ name }) => name) }
  return {
    openapi: '3.1.0',
    info: { title: 'Tickwire game server', version: VERSION },
    paths: { ...publicPaths(names), ...operatorPaths(names) },
    components: {
      schemas: { ...SHAPES, ...Object.fromEntries(games.flatMap(gameSchemas)) },
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        signature: { type: 'apiKey', in: 'header', name: SIGNATURE_HEADER, description: SIGNING },
      },
    },
  }
}

const SIGNING = `HMAC-SHA256 in hex over the header ${TIME_HEADER} (milliseconds since 1970), method, path with query, and body, each behind a line break`

const SHAPES: Readonly<Record<string, JsonSchema>> = {
  Problem: object({ type: string, title: string, status: count, detail: string }, [
    'type',
    'title',
    'status',
    'detail',
  ]),
  Room: object({
    id: string,
    type: string,
    key: { type: ['string', 'null'] },
    players: count,
    maxPlayers: count,
    spectators: count,
    locked: { type: 'boolean' },
    password: { type: 'boolean' },
    revision: count,
    options: { type: 'object' },
    metadata: { type: 'object' },
  }),
  Listing: object({ rooms: { type: 'array', items: ref('Room') }, cursor: string, total: count }),
}

/** What each game declares itself. */
function gameSchemas(game: GameSchema): [string, JsonSchema][] {
  const attributes = Object.fromEntries([...attributesOf(game)].map(([name, type]) => [name, { type }]))
  return [
    [`${game.name}.options`, jsonSchemaOf(game.options)],
    [`${game.name}.metadata`, jsonSchemaOf(game.metadata)],
    [`${game.name}.attributes`, { ...object(attributes), description: 'What `where` and `sort` may name' }],
    ...Object.entries(game.messages).flatMap(([name, { toClient }]): [string, JsonSchema][] =>
      toClient === undefined ? [] : [[`${game.name}.messages.${name}`, jsonSchemaOf(toClient)]],
    ),
  ]
}

const parameter = (name: string, schema: JsonSchema, required = false): JsonSchema => ({
  name,
  in: 'query',
  required,
  schema,
})
const inPath = (name: string, schema: JsonSchema): JsonSchema => ({ name, in: 'path', required: true, schema })

function publicPaths(games: JsonSchema): JsonSchema {
  const parameters = [
    parameter('game', games, true),
    parameter('where', { ...string, examples: ['map = "dust" and players < 8'] }),
    parameter('sort', { ...string, examples: ['-players'] }),
    parameter('limit', count),
    parameter('cursor', string),
  ]
  return {
    '/health': { get: { responses: { 200: answer('The process lives') } } },
    '/ready': { get: { responses: { 200: answer('New players are taken'), 503: answer('The server drains') } } },
    '/api/rooms': {
      get: { parameters, responses: { 200: answer('A page of the list', ref('Listing')), default: PROBLEM } },
      post: {
        security: OPERATOR,
        requestBody: { content: json(createBody(games)) },
        responses: { 201: answer('The room', object({ roomId: string, invite: string })), default: PROBLEM },
      },
    },
    '/api/rooms/watch': {
      get: {
        parameters,
        responses: {
          200: { description: 'The list and its changes', content: { 'text/event-stream': {} } },
          default: PROBLEM,
        },
      },
    },
  }
}

const OPERATOR = [{ token: [] }, { signature: [] }]

function createBody(games: JsonSchema): JsonSchema {
  const visibility = { enum: ['public', 'private'] }
  return object({ game: games, type: string, key: string, visibility, password: string, options: { type: 'object' } }, [
    'game',
  ])
}

function operatorPaths(games: JsonSchema): JsonSchema {
  const room = inPath('room', string)
  const done = { 204: answer('Done'), default: PROBLEM }
  const userIds = { type: 'array', items: string, minItems: 1 }
  const reserveBody = object(
    { game: games, userIds, roomId: string, key: string, where: string, createIfNone: { type: 'boolean' } },
    ['game', 'userIds'],
  )
  const seat = object({ userId: string, reservation: string })
  const seats = object({
    seats: { type: 'array', items: seat },
    roomId: { type: ['string', 'null'] },
    url: { type: ['string', 'null'] },
  })
  const messageBody = object({ message: string, payload: { type: 'object' }, seat: count }, ['message'])
  return {
    '/api/reservations': {
      post: {
        security: OPERATOR,
        requestBody: { content: json(reserveBody) },
        responses: { 201: answer('Seats that are held', seats), default: PROBLEM },
      },
    },
    '/api/rooms/{room}': {
      get: { security: OPERATOR, parameters: [room], responses: { 200: answer('The room'), default: PROBLEM } },
      delete: { security: OPERATOR, parameters: [room], responses: done },
    },
    '/api/rooms/{room}/messages': {
      post: { security: OPERATOR, parameters: [room], requestBody: { content: json(messageBody) }, responses: done },
    },
    '/api/rooms/{room}/players/{seat}': {
      delete: {
        security: OPERATOR,
        parameters: [room, inPath('seat', count), parameter('ban', { type: 'boolean' })],
        responses: done,
      },
    },
    '/metrics': { get: { security: [{ token: [] }], responses: { 200: answer('Prometheus text'), default: PROBLEM } } },
  }
}
