#!/bin/sh
# Measures the sink beside its peers: ./benchmarks/run.sh <name> [--option value …]
# Without a name, lists the benchmarks and their options. docs/BENCHMARKS.md tells what is measured.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"
mvn -q -pl benchmarks,testkit/peers,package,spark-tests -am -DskipTests pre-integration-test
exec java -XX:+UseParallelGC -Xmx4g \
  -Dlakehousecdc.root="$root" \
  -Dlakehousecdc.logs="$root/benchmarks/target/logs" \
  -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
  -cp "$root/benchmarks/target/classes:$(cat benchmarks/target/benchmarks.classpath)" \
  io.lakehousecdc.benchmarks.Main "$@"
