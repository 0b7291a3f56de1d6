// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.order.StreamState;
import io.lakehousecdc.sink.spi.PartitionState.Fingerprint;
import io.lakehousecdc.sink.spi.PartitionState.RejectedKey;
import io.lakehousecdc.sink.spi.PartitionState.ReplayState;
import io.lakehousecdc.sink.spi.PartitionState.SourceState;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** The form, JSON, in which targets store a {@link PartitionState}. */
public final class PartitionStateText {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HexFormat HEX = HexFormat.of();

  private PartitionStateText() {}

  /** The state as text. */
  public static String of(PartitionState state) {
    ObjectNode node = JSON.createObjectNode().put("nextOffset", state.nextOffset());
    ArrayNode streams = node.putArray("streams");
    for (SourceState each : state.streams()) {
      streams.add(stream(each));
    }
    if (state.lastDelete() != null) {
      node.put("lastDelete", text(state.lastDelete()));
    }
    if (!state.rejectedKeys().isEmpty()) {
      ArrayNode keys = node.putArray("rejectedKeys");
      for (RejectedKey each : state.rejectedKeys()) {
        ObjectNode key = keys.addObject().put("key", text(each.key()));
        key.set("rejected", position(each.rejected()));
        if (each.deleted() != null) {
          key.set("deleted", position(each.deleted()));
        }
      }
    }
    return node.toString();
  }

  /**
   * The state that a text tells.
   *
   * @throws IllegalArgumentException it tells none
   */
  public static PartitionState parse(String text) {
    try {
      JsonNode node = JSON.readTree(text);
      List<SourceState> streams = new ArrayList<>();
      node.path("streams").forEach(each -> streams.add(stream(each)));
      List<RejectedKey> keys = new ArrayList<>();
      for (JsonNode each : node.path("rejectedKeys")) {
        keys.add(
            new RejectedKey(
                fingerprint(each.path("key")),
                position(each.path("rejected")),
                each.has("deleted") ? position(each.path("deleted")) : null));
      }
      return new PartitionState(
          node.path("nextOffset").longValue(), streams, fingerprint(node.path("lastDelete")), keys);
    } catch (JsonProcessingException | RuntimeException e) {
      throw new IllegalArgumentException("No state of a partition: " + text, e);
    }
  }

  private static ObjectNode stream(SourceState state) {
    ObjectNode node = JSON.createObjectNode();
    ArrayNode source = node.putArray("source");
    source.add(state.source().name());
    source.add(state.source().database());
    source.add(state.source().connector());
    StreamState stream = state.stream();
    node.set("highWater", position(stream.highWater()));
    node.put("snapshotLsn", stream.snapshotLsn())
        .put("completedSnapshotLsn", stream.completedSnapshotLsn())
        .put("latestCommitMicros", stream.latestCommitMicros());
    if (stream.uncommittedLsn() != SourcePosition.NONE) {
      node.put("uncommittedLsn", stream.uncommittedLsn());
    }
    if (stream.formerCommitMicros() != 0) {
      node.put("formerCommitMicros", stream.formerCommitMicros());
      node.set("formerHighWater", position(stream.formerHighWater()));
    }
    if (stream.laterSnapshot() != null) {
      node.set("laterSnapshot", position(stream.laterSnapshot()));
    }
    ReplayState replay = state.replay();
    if (!replay.equals(ReplayState.NONE)) {
      ObjectNode known =
          node.putObject("replay")
              .put("firstOffset", replay.firstOffset())
              .put("count", replay.count())
              .put("expected", replay.expected())
              .put("run", replay.run());
      if (replay.first() != null) {
        known.put("first", text(replay.first()));
      }
    }
    return node;
  }

  private static SourceState stream(JsonNode node) {
    JsonNode source = node.path("source");
    JsonNode replay = node.path("replay");
    return new SourceState(
        new SourceId(
            source.path(0).asText(""), source.path(1).asText(""), source.path(2).asText("")),
        new StreamState(
            position(node.path("highWater")),
            node.path("snapshotLsn").longValue(),
            node.path("completedSnapshotLsn").longValue(),
            node.path("latestCommitMicros").longValue(),
            node.path("uncommittedLsn").asLong(SourcePosition.NONE),
            node.path("formerCommitMicros").longValue(),
            node.has("formerHighWater") ? position(node.path("formerHighWater")) : null,
            node.has("laterSnapshot") ? position(node.path("laterSnapshot")) : null),
        replay.isMissingNode()
            ? ReplayState.NONE
            : new ReplayState(
                replay.path("firstOffset").longValue(),
                replay.path("count").intValue(),
                replay.path("expected").intValue(),
                fingerprint(replay.path("first")),
                replay.path("run").longValue()));
  }

  private static ArrayNode position(Position position) {
    return JSON.createArrayNode()
        .add(position.epoch())
        .add(position.commitLsn())
        .add(position.lsn());
  }

  private static Position position(JsonNode node) {
    return new Position(
        node.path(0).intValue(), node.path(1).longValue(), node.path(2).longValue());
  }

  private static String text(Fingerprint fingerprint) {
    return HEX.toHexDigits(fingerprint.high()) + HEX.toHexDigits(fingerprint.low());
  }

  private static Fingerprint fingerprint(JsonNode node) {
    if (node.isMissingNode()) {
      return null;
    }
    String text = node.asText();
    return new Fingerprint(
        HexFormat.fromHexDigitsToLong(text, 0, 16), HexFormat.fromHexDigitsToLong(text, 16, 32));
  }
}
