// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.azure;

import io.lakehousecdc.sink.delta.rest.ObjectStore.Listed;
import io.lakehousecdc.sink.delta.rest.ObjectStore.Page;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Reader of the blob service's listings.
 *
 * @see <a href="https://learn.microsoft.com/rest/api/storageservices/list-blobs">List Blobs</a>
 */
final class BlobListing {
  private final List<Listed> files = new ArrayList<>();
  private boolean anything;
  private String next;

  private BlobListing() {}

  /**
   * @throws IOException it is no listing
   */
  static Page parse(byte[] xml) throws IOException {
    BlobListing listing = new BlobListing();
    try {
      XMLStreamReader reader = factory().createXMLStreamReader(new ByteArrayInputStream(xml));
      while (reader.hasNext()) {
        if (reader.next() == XMLStreamConstants.START_ELEMENT) {
          listing.element(reader);
        }
      }
      reader.close();
    } catch (XMLStreamException e) {
      throw new IOException("Azure's listing cannot be read: " + e.getMessage(), e);
    }
    return new Page(listing.files, listing.anything, listing.next);
  }

  private static XMLInputFactory factory() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    return factory;
  }

  private void element(XMLStreamReader reader) throws XMLStreamException {
    switch (reader.getLocalName()) {
      case "Blob" -> blob(reader);
      case "BlobPrefix" -> anything = true;
      case "NextMarker" -> {
        String marker = reader.getElementText();
        next = marker.isEmpty() ? null : marker;
      }
      default -> {}
    }
  }

  /** Accounts with a hierarchical namespace, and Hadoop's wasb, list directories as blobs, too. */
  private void blob(XMLStreamReader reader) throws XMLStreamException {
    anything = true;
    String name = "";
    long size = 0;
    long modified = 0;
    boolean directory = false;
    while (reader.next() != XMLStreamConstants.END_ELEMENT
        || !reader.getLocalName().equals("Blob")) {
      if (reader.getEventType() != XMLStreamConstants.START_ELEMENT) {
        continue;
      }
      switch (reader.getLocalName()) {
        case "Name" -> name = name(reader);
        case "Content-Length" -> size = Long.parseLong(reader.getElementText());
        case "Last-Modified" -> modified = BlobStore.millis(reader.getElementText());
        case "ResourceType" -> directory |= reader.getElementText().equals("directory");
        case "Metadata" -> directory |= isFolder(reader);
        default -> {}
      }
    }
    if (!directory && !name.endsWith("/")) {
      files.add(new Listed(name, size, modified));
    }
  }

  /** Reads the metadata of a blob, whose names its writers choose. */
  private static boolean isFolder(XMLStreamReader reader) throws XMLStreamException {
    boolean folder = false;
    while (reader.next() != XMLStreamConstants.END_ELEMENT) {
      if (reader.getEventType() == XMLStreamConstants.START_ELEMENT) {
        boolean tells = reader.getLocalName().equals("hdi_isfolder");
        folder |= reader.getElementText().equals("true") && tells;
      }
    }
    return folder;
  }

  /** Encoded where it has characters that XML cannot have. */
  private static String name(XMLStreamReader reader) throws XMLStreamException {
    boolean encoded = "true".equals(reader.getAttributeValue(null, "Encoded"));
    String name = reader.getElementText();
    return encoded ? URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8) : name;
  }
}
