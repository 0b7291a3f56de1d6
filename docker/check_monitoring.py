#!/usr/bin/env python3
"""Runs every query of the dashboard and every alert against a real Prometheus that scrapes the quickstart.

Needs prometheus and prometheus-postgres-exporter (Debian packages of these names) beside what the
quickstart needs. Starts ./quickstart/run.sh --serve, both exporters' scraping and a Prometheus with
docker/prometheus/alerts.yml; prints a line for each expression and metric, and ends with 1 where one has
no data.
"""
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
QUICKSTART = [str(ROOT / "quickstart/run.sh"), "--serve", "--seconds", "10"]
START_SECONDS = 300
SCRAPES = 15  # at 2 s each: enough for the rates over a minute
NAME = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b|\bup\b")
FUNCTIONS = {"label_values", "group_left", "group_right"}


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def get(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


def put(url, body):
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="PUT")
    urllib.request.urlopen(request, timeout=30).close()


def quickstart(processes):
    """Starts it and returns the addresses that it prints once all is proved equal."""
    process = subprocess.Popen(
        QUICKSTART, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True)
    processes.append(process)
    watchdog = threading.Timer(START_SECONDS, process.send_signal, [signal.SIGINT])
    watchdog.start()
    text = ""
    for line in process.stdout:
        print("  " + line, end="")
        text += line
        if "figures for Prometheus" in line:
            break
    else:
        sys.exit("the quickstart did not come up")
    watchdog.cancel()
    threading.Thread(target=process.stdout.read, daemon=True).start()
    return {
        "source": re.search(r'psql "(postgresql://[^"]+/shop)"', text).group(1),
        "connect": re.search(r"curl -s '(http://[^/]+)/connectors", text).group(1),
        "metrics": re.search(r"curl -s http://([^/]+)/metrics", text).group(1),
    }


def add_transforms(connect):
    """The quickstart's sinks have none, and the dashboard shows their figures."""
    sample = json.loads((ROOT / "config/smt/sink-dedup-and-dlq-router.json").read_text())
    put(f"{connect}/connectors/{sample['name']}/config", sample["config"])


def prometheus(processes, directory, addresses):
    """Starts an exporter for the source and Prometheus; returns Prometheus' address."""
    exporter, own = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
    processes.append(subprocess.Popen(
        ["prometheus-postgres-exporter", f"--web.listen-address={exporter}"],
        env={**os.environ, "DATA_SOURCE_NAME": addresses["source"] + "?sslmode=disable"},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    shutil.copy(ROOT / "docker/prometheus/alerts.yml", directory)
    configuration = (ROOT / "docker/prometheus/prometheus.yml").read_text()
    for address, target in (("connect:9404", addresses["metrics"]), ("postgres-exporter:9187", exporter)):
        if address not in configuration:
            sys.exit(f"docker/prometheus/prometheus.yml does not scrape {address}")
        configuration = configuration.replace(address, target)
    configuration = configuration.replace("_interval: 10s", "_interval: 2s")
    (directory / "prometheus.yml").write_text(configuration)
    processes.append(subprocess.Popen(
        ["prometheus", f"--config.file={directory}/prometheus.yml", f"--storage.tsdb.path={directory}/data",
         f"--web.listen-address={own}"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    return f"http://{own}"


def series(server, expression):
    query = urllib.parse.urlencode({"query": expression})
    return get(f"{server}/api/v1/query?{query}")["data"]["result"]


def await_scrapes(server):
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            counts = series(server, "count_over_time(up[10m]) * up")
            if len(counts) == 2 and all(float(each["value"][1]) >= SCRAPES for each in counts):
                return
        except OSError:
            pass  # it is not up yet
        time.sleep(1)
    sys.exit(f"a target cannot be scraped: {series(server, 'up')}")


def dashboard():
    board = json.loads((ROOT / "docker/grafana/dashboards/connect-lakehouse.json").read_text())
    for variable in board["templating"]["list"]:
        yield "variable", re.match(r"label_values\((\w+), \w+\)", variable["query"]["query"]).group(1)
    for panel in board["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"].replace("$connector", ".*")


def alerts(server):
    for group in get(f"{server}/api/v1/rules")["data"]["groups"]:
        for rule in group["rules"]:
            yield rule["name"], rule["query"], rule["health"]


def documented():
    """The names in docs/METRICS.md, those included that it shortens or gives as attributes."""
    text = (ROOT / "docs/METRICS.md").read_text()
    names = {"lakehousecdc_sink_" + attribute.replace("-", "_")
             for attribute in re.findall(r"^\| `(delta-[\w-]+)`", text, re.MULTILINE)}
    base = ""
    for name in re.findall(r"`(…\w+|(?:lakehousecdc|kafka|debezium|pg|jvm)_\w+\w)(?:\{\w+\})?`", text):
        if name.startswith("…"):
            names.add(base + name[1:])
        elif not name.endswith("_"):
            names.add(name)
            base = "_".join(name.split("_")[:3])
    return sorted(names)


def check(server):
    silent = []

    def tell(kind, name, has_data, expression):
        print(f"{'ok     ' if has_data else 'NO DATA'} {kind} {name}: {expression}")
        if not has_data:
            silent.append(expression)

    for title, expression in dashboard():
        tell("panel", title, bool(series(server, expression)), expression)
    for name, expression, health in alerts(server):
        if series(server, expression):
            tell("alert (its condition holds)", name, health == "ok", expression)
            continue
        # On a healthy pipeline the condition must not hold: what it looks at has to be there.
        bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]", "", expression)
        for metric in sorted(set(NAME.findall(bare)) - FUNCTIONS):
            tell("alert", name, health == "ok" and bool(series(server, metric)), metric)
    for metric in documented():
        tell("metric", "in docs/METRICS.md", bool(series(server, metric)), metric)
    return silent


def main():
    for command in ("prometheus", "prometheus-postgres-exporter"):
        if not shutil.which(command):
            sys.exit(f"{command} is not on the PATH; on Debian: apt-get install {command}")
    processes = []
    with tempfile.TemporaryDirectory() as directory:
        try:
            addresses = quickstart(processes)
            add_transforms(addresses["connect"])
            server = prometheus(processes, pathlib.Path(directory), addresses)
            await_scrapes(server)
            silent = check(server)
        finally:
            for process in reversed(processes):
                process.send_signal(signal.SIGINT)
                process.wait(60)
    print(f"\n{len(silent)} without data" + "".join("\n  " + each for each in silent))
    sys.exit(1 if silent else 0)


if __name__ == "__main__":
    main()
