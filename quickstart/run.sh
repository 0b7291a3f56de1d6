#!/usr/bin/env bash
# Starts the whole pipeline on this machine and proves source and warehouse equal; see --help.
# Needs a JDK 17 or newer and Maven 3.8 or newer, and nothing else.
set -euo pipefail

root="$(cd "$(dirname "$0")/.." && pwd)"
zip_pattern="$root/package/target/lakehousecdc-connect-lakehouse-*.zip"
class_path_file="$root/quickstart/target/quickstart.classpath"
built="$root/quickstart/target/built-by-run.sh"

fail() {
  echo "quickstart: $*" >&2
  exit 1
}

# The first of JAVA_HOME and PATH that is a JDK: a JRE alone cannot build.
find_java() {
  if [ -n "${JAVA_HOME:-}" ] && [ -x "$JAVA_HOME/bin/javac" ]; then
    java="$JAVA_HOME/bin/java"
  elif command -v javac >/dev/null 2>&1 && command -v java >/dev/null 2>&1; then
    java="$(command -v java)"
  else
    fail "no JDK found: install a JDK 17 or newer and set JAVA_HOME, or put its bin directory on the PATH"
  fi
  # stays empty where macOS has only placeholders on the PATH
  version="$("$java" -XshowSettings:properties -version 2>&1 |
    sed -n 's/^ *java\.specification\.version = //p' | tr -d '[:space:]')" || true
  case "$version" in
    '' | 1.* | *[!0-9]*) fail "a JDK 17 or newer is needed, but $java is version '${version:-unknown}'" ;;
  esac
  [ "$version" -ge 17 ] || fail "a JDK 17 or newer is needed, but $java is version $version"
}

find_maven() {
  command -v mvn >/dev/null 2>&1 || fail "no mvn found on the PATH: install Maven 3.8 or newer"
  # the colours of an interactive Maven would hide the number
  version="$(mvn -B --version 2>/dev/null |
    sed -n 's/^.*Apache Maven \([0-9]*\.[0-9]*\).*$/\1/p' | head -n 1)" || true
  case "${version:-0.0}" in
    0.* | 1.* | 2.* | 3.[0-7]) fail "Maven 3.8 or newer is needed, but mvn is version '${version:-unknown}'" ;;
  esac
}

# Whether anything that the build reads is newer than what it has made.
must_build() {
  [ -f "$built" ] && [ -f "$class_path_file" ] && ls $zip_pattern >/dev/null 2>&1 || return 0
  [ -n "$(cd "$root" && find . -name .git -prune -o -type f -newer "$built" \
    \( -name pom.xml -o -name manifest.json -o -path '*/src/main/*' -o -path './config/*' \) \
    -print | head -n 1)" ]
}

build() {
  find_maven
  echo "Building the plugin and the demo with Maven (tests are left out; the first time, Maven downloads what it lacks) ..."
  # Maven sends colour codes to files, too, whatever it is told
  (cd "$root" &&
    mvn -B -q -ntp -pl quickstart -am package -Dmaven.test.skip=true -Dspotless.check.skip=true 2>&1 |
    sed "s/$(printf '\033')\[[0-9;]*m//g") ||
    fail "the build has failed, see above"
  touch "$built"
}


for argument in "$@"; do
  case "$argument" in -h | --help)
    cat "$root/quickstart/src/main/resources/io/lakehousecdc/quickstart/demo/usage.txt"
    exit 0
    ;;
  esac
done

find_java
if must_build; then
  build
fi

terminal=false
if [ -t 1 ] && [ "${TERM:-dumb}" != dumb ] && [ -z "${NO_COLOR:-}" ]; then
  terminal=true
fi

exec "$java" -Xmx512m \
  -Dlakehousecdc.root="$root" \
  -Dlakehousecdc.logs="$root/quickstart/target/logs" \
  -Dlakehousecdc.terminal="$terminal" \
  -cp "$root/quickstart/target/classes:$(cat "$class_path_file")" \
  io.lakehousecdc.quickstart.Quickstart "$@"
