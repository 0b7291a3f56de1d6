// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.KafkaClient;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The cases of docs/DELIVERY.md on values, in the modes in which the source can send them. */
class ValueCasesIT {
  private static final KafkaClient KAFKA = Lab.stack().kafka().client();

  /** A random text, which stays large and out of line although PostgreSQL compresses it. */
  private static final String LARGE_BYTES =
      "decode((select string_agg(md5(random()::text || g), '') from generate_series(1, 300) g),"
          + " 'hex')";

  @Test
  void case29ExtremeValuesAreExactOrRejected() {
    try (Scenario shop =
        new Scenario(
                "extremes",
                "create table case29 (id int primary key, n numeric, p numeric(38,5), d date,"
                    + " ts timestamp(6), tz timestamptz, t time(6), c char(5), j jsonb, a int[],"
                    + " b bit(8), by bytea, u uuid, i inet, r int4range, f float8)",
                "create table case29_infinite (id int primary key, d date, ts timestamp,"
                    + " tz timestamptz)")
            .set("column.propagate.source.type", ".*")) {
      Replicas copies = shop.replicas("copies");
      copies.each("settings", replica -> deadLettersTo(replica, "dlq." + replica.sinkName()));
      shop.start();
      shop.source.execute(
          "insert into case29 values (1, 12345678901234567890123456789012345.678,"
              + " 123456789012345678901234567890123.45678, '2024-02-29',"
              + " '2024-02-29 23:59:59.123456', '2024-02-29 23:59:59.654321+02', '24:00', 'ab',"
              + " '{\"a\": null}', '{1,null,3}', B'10100001', '\\xdeadbeef',"
              + " 'b68a35a7-17ad-35b3-af2a-ae46edb4545a', '10.0.0.1/8', '[1,5)', 1e-300)",
          "insert into case29 values (2, 0.000000000000000001, -0.00001, '0044-03-15 BC',"
              + " '0044-03-15 01:02:03 BC', '0044-03-15 01:02:03 BC', '00:00:00.000001', '',"
              + " 'null', '{}', B'00000000', '', null, '::1', 'empty', 0.1)",
          "insert into case29 (id) values (3)",
          "insert into case29_infinite values (1, 'infinity', null, null),"
              + " (2, null, '-infinity', null), (3, null, null, 'infinity'),"
              + " (4, '2024-02-29', '9999-12-31 23:59:59.999999', '9999-12-31 23:59:59.999999Z')");
      copies.awaitEqual("case29");
      copies.inPostgres().awaitEqual(new SourceTable(shop.source, "case29_infinite"));
      copies
          .inDelta()
          .awaitRows("case29_infinite", List.of("id", "d"), List.of(List.of("4", "2024-02-29")));
      Await.untilEquals(3L, () -> KAFKA.count("dlq." + copies.inDelta().sinkName()));
      copies.inDelta().awaitLogged("Rejected", "case29_infinite", "Delta has no infinite date");
      assertEquals(0, KAFKA.count("dlq." + copies.inPostgres().sinkName()));
    }
  }

  @Test
  void case3And29IntervalsAndBytesInTextAreExactAndNumbersThatAreNoneAreRejected() {
    try (Scenario shop =
        new Scenario(
                "texts",
                "create table case29 (id int primary key, n numeric, i interval)",
                "create table case3 (id int primary key, n int, b bytea)",
                "insert into case3 select 1, 1, " + LARGE_BYTES)
            .set("decimal.handling.mode", "string")
            .set("interval.handling.mode", "string")
            .set("binary.handling.mode", "hex")
            .set("column.propagate.source.type", ".*")) {
      Replicas copies = shop.replicas("copies");
      copies.each("settings", replica -> deadLettersTo(replica, "dlq." + replica.sinkName()));
      shop.start();
      awaitHex(shop, copies);
      shop.source.execute(
          "insert into case29 values (1, 'NaN'), (2, 'Infinity'), (3, '-Infinity')",
          "insert into case29 values (4, 1.50, '1 mon'), (5, -0.001, '-1 day 00:00:01'),"
              + " (6, null, '2 years 3 mons 4 days 05:06:07.000008'), (7, null, null)",
          "update case3 set n = 2");
      copies.awaitRows(
          "case29", List.of("id"), List.of(List.of("4"), List.of("5"), List.of("6"), List.of("7")));
      copies.each(
          "dead letters",
          replica -> {
            Await.untilEquals(3L, () -> KAFKA.count("dlq." + replica.sinkName()));
            replica.awaitLogged("case29", "Column n", "is not a finite number");
          });
      shop.source.execute("delete from case29 where id <= 3");
      copies.awaitEqual("case29");
      awaitHex(shop, copies);
    }
  }

  private static void awaitHex(Scenario shop, Replicas copies) {
    copies.awaitRows(
        "case3",
        List.of("id", "n", "b"),
        Texts.of(shop.source.rows("select id::text, n::text, encode(b, 'hex') from case3")));
  }

  @Test
  void case4and19WhatTheSourceHidesIsWarnedOf() {
    try (Scenario shop =
        new Scenario(
                "hidden",
                "create table case4 (id int primary key, n int, b bytea)",
                "create table case19 (id int primary key, v text default 'd')",
                "insert into case4 select 1, 1, " + LARGE_BYTES)
            .set("binary.handling.mode", "base64")
            .set("column.propagate.source.type", ".*")
            .set("value.converter.replace.null.with.default", "true")) {
      Replicas copies = shop.replicas("copies");
      shop.start();
      shop.source.execute("insert into case19 values (1, null)", "update case4 set n = 2");
      copies.each(
          "warnings",
          replica -> {
            replica.awaitLogged("case4", "column b:", "REPLICA IDENTITY FULL");
            replica.awaitLogged("case19", "replace.null.with.default=false");
          });
    }
  }

  private static void deadLettersTo(Replica replica, String topic) {
    replica.settings.put("errors.tolerance", "all");
    replica.settings.put("errors.deadletterqueue.topic.name", topic);
    replica.settings.put("errors.deadletterqueue.topic.replication.factor", "1");
  }
}
