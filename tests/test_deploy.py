"""What deploy/ holds, as far as it can be checked without a service manager or a container engine."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from bot.config import OWN_PATHS, listen_problem
from tests.conftest import ROOT

UNIT = (ROOT / "deploy" / "wartabot.service").read_text()
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed here")
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "wartabot.service"
    # The program that it names stands on the server only.
    unit.write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", UNIT, flags=re.MULTILINE))
    finished = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True)
    assert (finished.returncode, finished.stderr) == (0, "")


def copied_from_the_checkout() -> set[str]:
    lines = re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)
    return {source for line in lines for source in line.split()[:-1]}


def test_what_the_image_copies_exists_and_is_let_through_and_nothing_else_is() -> None:
    copied = copied_from_the_checkout()
    assert all((ROOT / source).exists() for source in copied)
    assert copied == set(re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))


def test_the_image_runs_without_root_and_holds_no_token() -> None:
    instructions = re.findall(r"^[A-Z]+\b.*$", DOCKERFILE.rpartition("\nFROM ")[2], re.MULTILINE)
    users = [line.split()[1] for line in instructions if line.startswith("USER ")]
    assert users and users[-1] not in ("0", "root")
    assert "VOLUME /data" in instructions
    assert "TOKEN" not in DOCKERFILE


def test_the_image_asks_the_bot_how_it_is_where_the_bot_listens() -> None:
    listens = re.search(r"WARTABOT_LISTEN=(\S+)", DOCKERFILE)
    command = re.search(r"^HEALTHCHECK .*CMD (\[.*?\])$", DOCKERFILE.replace("\\\n", ""), re.MULTILINE)
    assert listens and listen_problem(listens[1]) is None
    assert command and f"http://{listens[1]}/healthz" in json.loads(command[1])[-1]


def test_compose_runs_the_image_as_the_docs_run_it_and_holds_no_token() -> None:
    text = (ROOT / "deploy" / "compose.yaml").read_text()
    service = yaml.safe_load(text)["services"]["wartabot"]
    assert (ROOT / "deploy" / service["build"]["context"] / service["build"]["dockerfile"]).samefile(
        ROOT / "deploy" / "Dockerfile"
    )
    assert service["read_only"] and service["cap_drop"] == ["ALL"] and "ports" not in service
    assert "data:/data" in service["volumes"]
    assert listen_problem(service["environment"]["WARTABOT_LISTEN"]) is None
    assert service["environment"]["TELEGRAM_BOT_TOKEN"].startswith("${TELEGRAM_BOT_TOKEN:?")
    # As the service's unit, it leaves the bot a minute.
    assert "TimeoutStopSec=60" in UNIT and service["stop_grace_period"] == "60s"


def test_compose_runs_several_workers_with_indexes_of_their_own_and_an_indexer_without_the_token() -> None:
    content = yaml.safe_load((ROOT / "deploy" / "several.yaml").read_text())
    services = content["services"]
    workers = {name: service for name, service in services.items() if name.startswith("worker-")}
    assert len(workers) == 2
    for name, service in (*workers.items(), ("indexer", services["indexer"])):
        assert service["read_only"] and service["cap_drop"] == ["ALL"] and "ports" not in service
        assert service["environment"]["WARTABOT_STORE_URL"].startswith("postgresql://wartabot:${POSTGRES_PASSWORD}@")
        assert f"{name}:/data" in service["volumes"] and name in content["volumes"]
    for service in workers.values():
        assert listen_problem(service["environment"]["WARTABOT_LISTEN"]) is None
        assert service["environment"]["TELEGRAM_BOT_TOKEN"].startswith("${TELEGRAM_BOT_TOKEN:?")
    assert "TELEGRAM_BOT_TOKEN" not in services["indexer"]["environment"]
    assert services["postgresql"]["environment"]["POSTGRES_PASSWORD"].startswith("${POSTGRES_PASSWORD:?")
    # Nobody outside reaches more than the proxy, which hands on to these workers and nothing but the webhook.
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    proxy = re.sub("#.*", "", (ROOT / "deploy" / "Caddyfile.several").read_text())
    assert set(re.findall(r"(worker-\d+):8080", proxy)) == set(workers)
    assert re.findall(r"handle (/\S+) {", proxy) == ["/telegram"]
    assert "/metrics" not in proxy and "404" in proxy and proxy.count("{") == proxy.count("}")


@pytest.mark.skipif(
    not shutil.which("docker") or subprocess.run(["docker", "compose", "version"], capture_output=True).returncode != 0,
    reason="docker compose is not installed here",
)
@pytest.mark.parametrize("name", ["compose.yaml", "several.yaml"])
def test_docker_compose_understands_the_file(name: str) -> None:
    finished = subprocess.run(
        ["docker", "compose", "--file", ROOT / "deploy" / name, "config", "--quiet"],
        env={"PATH": "/usr/bin:/usr/local/bin", "TELEGRAM_BOT_TOKEN": "1:x", "POSTGRES_PASSWORD": "x"},
        capture_output=True, text=True,
    )  # fmt: skip
    assert (finished.returncode, finished.stderr) == (0, "")


@pytest.mark.parametrize("name", ["Caddyfile", "nginx.conf"])
def test_the_proxy_hands_on_the_webhook_and_none_of_what_the_bot_tells_of_itself(name: str) -> None:
    proxy = re.sub("#.*", "", (ROOT / "deploy" / name).read_text())
    handed_on = re.findall(r"(?:handle|location =) (/\S+) \{[^}]*(?:\{[^}]*\}[^}]*)?127\.0\.0\.1:8080", proxy)
    assert handed_on == ["/telegram"] and proxy.count("127.0.0.1:8080") == 1
    assert not [path for path in OWN_PATHS if path in proxy]
    assert proxy.count("{") == proxy.count("}") and "404" in proxy


def test_prometheus_is_told_of_the_bot_and_of_the_rules_which_name_its_job() -> None:
    prometheus = yaml.safe_load((ROOT / "deploy" / "prometheus.yml").read_text())
    (job,) = prometheus["scrape_configs"]
    assert listen_problem(job["static_configs"][0]["targets"][0]) is None
    for name in prometheus["rule_files"]:
        rules = (ROOT / "deploy" / name).read_text()
        assert set(re.findall(r'job="(\w+)"', rules)) == {job["job_name"]}
