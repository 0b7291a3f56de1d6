// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import io.lakehousecdc.testkit.ConnectWorker;
import io.lakehousecdc.testkit.KafkaDistribution;
import io.lakehousecdc.testkit.Plugins;
import org.junit.jupiter.api.Test;

/** Test of the sink on a worker of the previous Kafka release line. */
class PreviousWorkerIT {
  @Test
  void theSinkWorksOnAKafka39Worker() {
    try (Scenario shop =
            new Scenario(
                "previous",
                "create table item (id int primary key, v text)",
                "insert into item values (1, 'a')");
        ConnectWorker worker =
            ConnectWorker.builder(Lab.stack().kafka().bootstrapServers())
                .distribution(KafkaDistribution.PREVIOUS)
                .group("previous-cluster")
                .plugins(Plugins.project(Lab.temporaryDirectory()))
                .start()) {
      Replicas copies = shop.replicas("copies");
      shop.registerSource(shop.sourceName());
      copies.all().forEach(each -> worker.rest().register(each.sinkName(), each.settings));
      copies.all().forEach(each -> worker.rest().awaitRunning(each.sinkName()));
      shop.source.execute("insert into item values (2, 'b')", "delete from item where id = 1");
      copies.awaitEqual("item");
      copies.all().forEach(each -> worker.rest().delete(each.sinkName()));
    }
  }
}
