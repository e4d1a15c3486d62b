/** What the sibling packages share with this one, and no game needs. Nothing here is promised to users. */
export { BitReader } from './bits/reader.ts'
export { BitWriter } from './bits/writer.ts'
export { bitWidth, widen16 } from './bits/width.ts'
export { Anchors, FORGOTTEN } from './codec/anchors.ts'
export { defaultValue } from './codec/default-value.ts'
export { mixEntity } from './codec/state-hash.ts'
export { extrapolate, freshHidden, isFreshHidden, leadsTo } from './codec/extrapolate.ts'
export { layoutOf, PLAYER_KIND, ROOM_KIND, TRACKS } from './codec/layout.ts'
export type { Column, FieldLayout, GameLayout, KindLayout, Rate, Track, TrackName } from './codec/layout.ts'
export { quantise, quantiseField, roundField, roundToSimulation, valueOf } from './codec/quantise.ts'
export type { Fields, OnFieldClamp, ReviseBlob } from './codec/quantise.ts'
export { entityId, Replica, slotOf } from './codec/replica.ts'
export type { ReplicaChanges } from './codec/replica.ts'
export type { HeldEntity } from './codec/staging.ts'
export { BodyDecoder } from './codec/entropy/body-decoder.ts'
export { BodyEncoder, writeNoTable } from './codec/entropy/body-encoder.ts'
export { replicaOf } from './codec/entropy/coded-replica.ts'
export { fromInts, highestStep, lowestStep, scalarsOf, toInts } from './codec/scalars.ts'
export { LedWriter } from './codec/led-writer.ts'
export type { BlobBytes } from './codec/record.ts'
export {
  formFor,
  SlotGaps,
  SPARSE_COUNT_BITS,
  writeCount,
  writeSlots,
  writeSparseHead,
  writeUpdate,
  writeUpdateRows,
} from './codec/updates.ts'
export type { FieldSpec } from './schema/spec.ts'
export { clipReason } from './close-codes.ts'
export { assertNever } from './errors.ts'
export { GameCodec, usesPacked } from './game-codec.ts'
export { hashInts, hashText } from './hash.ts'
export { attributesOf, ROOM_ATTRIBUTES } from './lobby/attributes.ts'
export type { Attributes, AttributeType, Scalar } from './lobby/attributes.ts'
export { checkCriteria, formatCriteria, meets, parseCriteria } from './lobby/criteria.ts'
export type { Condition, Criteria } from './lobby/criteria.ts'
export { LOBBY_HASH } from './lobby/hash.ts'
export { LISTED_ROOM, LOBBY, lobbyCodec, PARTY_MEMBER } from './lobby/schema.ts'
export { isShownName, ROOM_INVITE, ROOM_LOCKED, ROOM_OWNER, ROOM_REVISION, shownName } from './lobby/sections.ts'
export type { RoomSection, ShownSection } from './lobby/sections.ts'
export type { LobbyMessage, LobbyRequest } from './lobby/schema.ts'
export type {
  Found,
  PartyMember,
  PartyState,
  QueueAsk,
  SeatOffer,
  SeatPartyAsk,
  TicketEnded,
  TicketMatched,
  TicketProposed,
  TicketQueued,
} from './lobby/people.ts'
export type {
  ListAsk,
  ListedRoom,
  ListReply,
  LobbyTypes,
  QueryFields,
  RemovePlayerAsk,
  SetMetadataAsk,
  SetViewAsk,
  WatchAsk,
  WatchedRooms,
} from './lobby/types.ts'
export { ReliableStream } from './link/reliable-stream.ts'
export type { CallItem, LatestMessage } from './messages/calls.ts'
export { NO_WISH, readClientMessage, writeClientMessage, writeInputsHead } from './messages/client.ts'
export type {
  ClientItem,
  ClientMessage,
  JoinVerb,
  RoomWish,
  LinkSecrets,
  ResumeClaim,
  SeatClaim,
} from './messages/client.ts'
export { CLIENT_MESSAGE, ITEM, SERVER_MESSAGE } from './messages/ids.ts'
export { InputBatch, InputCodec, VIEW_STEPS_PER_TICK } from './messages/input-codec.ts'
export type { TickInput } from './messages/input-codec.ts'
export { readPacket, readSoleMessage, writeLastHead, writeMessage } from './messages/packet.ts'
export { LINK_CHANNEL } from './messages/parts.ts'
export { NO_SEAT, readServerMessage, writeServerMessage } from './messages/server.ts'
export type { ServerItem, ServerMessage } from './messages/server.ts'
export {
  readEvents,
  readSnapshotHeader,
  readSpawnKeys,
  writeEvents,
  writeSnapshotHeader,
  writeSpawnKeys,
} from './messages/snapshot.ts'
export type {
  EncodedEvent,
  EventFields,
  EventFrame,
  LooseHead,
  PredictionKey,
  SnapshotHeader,
  SnapshotReference,
  SpawnKey,
} from './messages/snapshot.ts'
export { decodeBlob, encodeBlob, encodeValues, NO_PACKER, rangeOf } from './messages/values.ts'
export type { EncodedValues, Packer } from './messages/values.ts'
export { checkName } from './schema/check.ts'
export {
  describeSection,
  differingSection,
  firstDifference,
  hashSections,
  listingHash,
  queueHash,
  SECTIONS,
} from './schema/describe.ts'
export type { SchemaHashes, SectionName } from './schema/describe.ts'
export { readSnapshotBody } from './snapshot-body.ts'
export type { SnapshotBody } from './snapshot-body.ts'
export { drawRandom, emitterOf, PredictionCounts, seatOf } from './sim/prediction-keys.ts'
export { hash32, hashRandom } from './sim/random.ts'
