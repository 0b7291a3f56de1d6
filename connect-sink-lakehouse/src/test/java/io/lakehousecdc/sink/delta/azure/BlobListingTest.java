// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.azure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.delta.rest.ObjectStore.Listed;
import io.lakehousecdc.sink.delta.rest.ObjectStore.Page;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Listings as the service's documents show them. */
class BlobListingTest {

  @Test
  void directoriesOfAHierarchicalNamespaceAreNoFiles() throws IOException {
    Page page =
        parse(
            """
            <Blob><Name>t/x</Name><Properties><ResourceType>directory</ResourceType>\
            <Last-Modified>Mon, 02 Nov 2026 10:00:00 GMT</Last-Modified>\
            <Content-Length>0</Content-Length></Properties></Blob>\
            <Blob><Name>t/y</Name><Properties><Content-Length>0</Content-Length></Properties>\
            <Metadata><hdi_isfolder>true</hdi_isfolder></Metadata></Blob>\
            <Blob><Name>t/z</Name><Properties><Content-Length>7</Content-Length>\
            <Last-Modified>Mon, 02 Nov 2026 10:00:00 GMT</Last-Modified>\
            <ResourceType>file</ResourceType></Properties></Blob>""");

    assertEquals(List.of(new Listed("t/z", 7, 1_793_613_600_000L)), page.objects());
    assertTrue(page.anything());
  }

  @Test
  void nameThatXmlCannotHoldIsDecoded() throws IOException {
    Page page =
        parse(
            "<Blob><Name Encoded=\"true\">a%EF%BF%BF+b</Name><Properties>"
                + "<Content-Length>1</Content-Length></Properties></Blob>");

    assertEquals("a\uFFFF+b", page.objects().get(0).key());
  }

  @Test
  void metadataOfABlobIsNotTakenForItsProperties() throws IOException {
    Page page =
        parse(
            """
            <Blob><Name>t/z</Name><Properties><Content-Length>7</Content-Length></Properties>\
            <Metadata><Name>other</Name><Content-Length>x</Content-Length><Blob>b</Blob>\
            <ResourceType>directory</ResourceType></Metadata></Blob>""");

    assertEquals(List.of(new Listed("t/z", 7, 0)), page.objects());
  }

  @Test
  void whatIsNoListingIsAnError() {
    assertThrows(IOException.class, () -> BlobListing.parse("<html>".getBytes(UTF_8)));
    assertThrows(
        IOException.class,
        () ->
            BlobListing.parse(
                "<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><a>&e;</a>"
                    .getBytes(UTF_8)));
  }

  private static Page parse(String blobs) throws IOException {
    return BlobListing.parse(
        ("\uFEFF<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults><Blobs>"
                + blobs
                + "</Blobs><NextMarker /></EnumerationResults>")
            .getBytes(UTF_8));
  }
}
