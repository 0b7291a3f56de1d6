// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Records of unusual shapes, from the stock connector and its transform. */
class RecordShapesIT {

  @Test
  void columnsNamedLikeMetadataAreCopiedFromFlattenedRecords() {
    try (Scenario shop =
        new Scenario(
            "owncolumns",
            "create table audit (id int primary key, op text, source text, ts_ms bigint,"
                + " \"__deleted\" boolean, \"__version\" text, \"before\" jsonb, v text)",
            "insert into audit values (1, 'I', 'app', 5, true, '1.0', '{}', 'snapshot')")) {
      Replicas copies =
          shop.replicas("copies")
              .withQueues()
              .set("transforms", "flatten")
              .set("transforms.flatten.type", "io.debezium.transforms.ExtractNewRecordState")
              .set(
                  "transforms.flatten.add.fields",
                  "op,source.sequence,source.lsn,source.snapshot,source.ts_us")
              .set("transforms.flatten.add.headers", "op,source.sequence,source.lsn,source.ts_us")
              .set("transforms.flatten.replace.null.with.default", "false");
      shop.start();
      copies.awaitEqual("audit");
      shop.source.execute(
          "insert into audit values (2, 'U', 'app', 6, false, null, null, 'a'),"
              + " (3, 'D', null, null, null, '2', null, 'b')",
          "update audit set \"__deleted\" = true, v = 'c' where id = 2",
          "delete from audit where id = 3");
      copies.awaitEqual("audit");
      copies.assertNoneRejected();
    }
  }

  /** PostgreSQL logs the email only, and the source makes the id up. */
  @Test
  void deleteWithAMadeUpKeyIsWarnedOfAndStoresNothing() {
    try (Scenario shop =
        new Scenario(
            "madeup",
            "create table accounts (id int primary key, email text not null, name text)",
            "create unique index accounts_email on accounts (email)",
            "alter table accounts replica identity using index accounts_email",
            "insert into accounts values (7, 'a@b', 'n'), (8, 'c@d', 'm')")) {
      Replicas soft = shop.replicas("soft").set("delete.mode", "soft");
      shop.start();
      soft.awaitEqual("accounts");
      shop.source.execute(
          "delete from accounts where id = 7", "insert into accounts values (9, 'e@f', 'o')");
      soft.awaitRows("accounts", List.of("id"), List.of(List.of("7"), List.of("8"), List.of("9")));
      soft.each(
          "warnings",
          replica -> replica.awaitLogged("accounts", "a row that is not there", "USING INDEX"));
    }
  }

  @Test
  void jsonIsKeptCharacterByCharacterWhereTheSourceTellsItsType() {
    try (Scenario shop =
        new Scenario(
                "json",
                "create table documents (id int primary key, j json, b jsonb)",
                "insert into documents values (1, '{\"b\":1,  \"b\":2}',"
                    + " '{\"b\": 1.0, \"a\": 2}')")
            .set("column.propagate.source.type", ".*")) {
      Replicas copies = shop.replicas("copies").withQueues();
      shop.start();
      copies.awaitEqual("documents");
      shop.source.execute("insert into documents values (2, '\"\\u00e9\"', 'null')");
      copies.awaitEqual("documents");
      copies.assertNoneRejected();
    }
  }

  /** The table has microseconds where the source has milliseconds: never a row of 1970. */
  @Test
  void schemalessTimesOfAnotherUnitAreRejected() {
    try (Scenario shop =
        new Scenario(
                "units",
                "create table times (id int primary key, at timestamp(3))",
                "create table moments (id int primary key, at timestamp(3))",
                "insert into times values (1, '2026-01-01 12:00:00.123')",
                "insert into moments values (1, '2026-01-01 12:00:00.123')")
            .set("key.converter", "org.apache.kafka.connect.json.JsonConverter")
            .set("key.converter.schemas.enable", "false")
            .set("value.converter.schemas.enable", "false")) {
      Replicas copies =
          shop.replicas("copies")
              .withQueues()
              .set("key.converter", "org.apache.kafka.connect.json.JsonConverter")
              .set("key.converter.schemas.enable", "false")
              .set("value.converter.schemas.enable", "false");
      copies
          .postgres()
          .execute(
              "create table times (id int primary key, at timestamp(3))",
              "create table moments (id int primary key, at timestamp)");
      shop.start();
      copies.inPostgres().awaitEqual(new SourceTable(shop.source, "times"));
      copies.inPostgres().awaitLogged("Rejected", "moments", "schemaless.time.unit");
      copies.inDelta().awaitLogged("times", "have no schema", "guesses");
    }
  }
}
