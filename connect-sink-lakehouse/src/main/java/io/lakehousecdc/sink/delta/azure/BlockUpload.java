// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.azure;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lakehousecdc.sink.delta.rest.ObjectName;
import io.lakehousecdc.sink.delta.rest.PartUpload;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A blob being written in blocks. Their names are this upload's own, so that two uploads of one
 * blob cannot mix; the service forgets blocks that are part of no blob after a week.
 */
final class BlockUpload implements PartUpload {
  private final BlobStore store;
  private final ObjectName name;
  private final String upload = UUID.randomUUID().toString();
  private final List<String> blocks = new ArrayList<>();

  BlockUpload(BlobStore store, ObjectName name) {
    this.store = store;
    this.name = name;
  }

  @Override
  public void part(byte[] content) throws IOException {
    block(content, content.length);
  }

  @Override
  public void finish(byte[] content, int length) throws IOException {
    block(content, length);
    StringBuilder list = new StringBuilder("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>");
    blocks.forEach(block -> list.append("<Latest>").append(block).append("</Latest>"));
    byte[] body = list.append("</BlockList>").toString().getBytes(UTF_8);
    store.putPart(name, Map.of("comp", "blocklist"), body, body.length);
  }

  private void block(byte[] content, int length) throws IOException {
    String block =
        Base64.getEncoder()
            .encodeToString("%s-%06d".formatted(upload, blocks.size()).getBytes(UTF_8));
    store.putPart(name, Map.of("comp", "block", "blockid", block), content, length);
    blocks.add(block);
  }

  @Override
  public void abandon() {}
}
