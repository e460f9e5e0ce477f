import re
import tomllib
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from bot.config import Config, load_config
from embeddings import SettingsError
from tests.conftest import ROOT


def load(tmp_path: Path, content: str) -> Config:
    path = tmp_path / "config.toml"
    path.write_text(content)
    return load_config(path)


def test_the_shipped_configuration_holds_the_defaults() -> None:
    assert load_config(ROOT / "config.toml") == Config()


def test_an_empty_file_is_the_default_configuration(tmp_path: Path) -> None:
    assert load(tmp_path, "") == Config()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[retriver]\n", r"unknown table \[retriver\]. Did you mean 'retriever'\?"),
        ("[encoder]\nmodle = 'x'\n", r"unknown key 'modle' in \[encoder\]. Did you mean 'model'\?"),
        ("[telegram]\nzzz = 1\n", r"unknown key 'zzz' in \[telegram\]. Known here: administrators, .*api_url"),
        ("[telegram]\ntoken = '1:a'\n", "token does not belong here, but into the environment, as TELEGRAM_BOT_TOKEN"),
        ("TELEGRAM_BOT_TOKEN = '1:a'\n", "token does not belong here, but into the environment"),
        ("[passages]\ntarget_token = 5\n", r"Did you mean 'target_tokens'\?"),
        (
            "[articles]\npaths = 'berita'\n",
            r"paths: Expected `array`, got `str`. Write it in brackets, as in \[\"berita\"\]",
        ),
        ("[retriever]\ncandidates = 'viele'\n", r"\[retriever\] candidates: Expected `int`, got `str`"),
        ("[retriever]\ndense_weight = 2\n", r"\[retriever\] dense_weight: Expected `float` <= 1"),
        ("encoder = 3\n", r"\[encoder\]: Expected `object`, got `int`"),
        ("[[sources]]\nurll = 'x'\n", r"unknown key 'urll' in \[sources\]. Did you mean 'url'\?"),
        (
            "[[sources]]\nurl = 'kabar.example'\n",
            r"\[\[sources\]\] no. 1, url: Expected .*Write the whole address, as in https",
        ),
        ("[[sources]]\nevery = 5\n", r"\[\[sources\]\] no. 1: Object missing required field `url`"),
        (
            "[[sources]]\nurl = 'https://a.example'\nkind = 'rss'\n",
            r"\[\[sources\]\] no. 1, kind: Invalid enum value 'rss'",
        ),
        ("[[sources]]\nurl = 'https://a.example'\n" * 2, r"\[\[sources\]\] names https://a.example twice"),
        ("[sources]\nurl = 'https://a.example'\n", r"\[sources\]: Expected `array`, got `object`"),
        ("[search]\nurl = 'localhost:6333'\n", r"\[search\] url: Expected .*as in http://127.0.0.1:6333; a key"),
        ("[search]\nurl = 'http://me:word@host:6333'\n", r"\[search\] url: .*a key comes from WARTABOT_SEARCH_KEY"),
        ("[encoder\n", "not valid TOML"),
        (f"x = {'9' * 5000}\n", "not valid TOML"),
        (f"x = {'[' * 5000}\n", "not valid TOML"),
        ("[telegram]\ntimezone = 'Asia'\n", "no such time zone: 'Asia'"),
        ("[telegram]\ntimezone = 'Asia/Jkt'\n", r"\[telegram\] timezone: no such time zone: 'Asia/Jkt'"),
        ("[telegram]\nwebhook_url = 'http://bot.example.org/x'\n", r"\[telegram\] webhook_url: .* https, a host and"),
        ("[telegram]\nwebhook_url = 'https://bot.example.org'\n", "no address for a webhook"),
        ("[telegram]\nwebhook_url = 'https://a:b@bot.example.org/x'\n", "no address for a webhook"),
        ("[telegram]\nwebhook_url = 'https://bot.example.org/(a|b)*'\n", "no address for a webhook"),
        (
            "[telegram]\nwebhook_url = 'https://bot.example.org/metrics'\n",
            "none of the paths that the bot itself answers",
        ),
        ("[server]\nlisten = '8080'\n", r"\[server\] listen: '8080' is no address with a port"),
        ("[server]\nlisten = '127.0.0.1:99999'\n", "no address with a port"),
        ("[server]\nlisten = 'http://127.0.0.1:80'\n", "no address with a port"),
        ("[logs]\nformat = 'xml'\n", r"\[logs\] format: Invalid enum value 'xml'"),
    ],
)
def test_a_wrong_key_or_value_is_named_with_the_way_out(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message) as error:
        load(tmp_path, content)
    assert str(tmp_path / "config.toml") in str(error.value)


@pytest.mark.parametrize("listen", ["127.0.0.1:8080", "0.0.0.0:80", "[::1]:8443", "localhost:1"])
def test_an_address_with_a_port_is_taken(tmp_path: Path, listen: str) -> None:
    url = "https://bot.example.org:8443/a-b_c.d/telegram"
    config = load(tmp_path, f"[server]\nlisten = '{listen}'\n[telegram]\nwebhook_url = '{url}'\n")
    assert (config.server.listen, config.telegram.webhook_url) == (listen, url)


def test_a_missing_file_says_how_to_name_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no such configuration file.*--config"):
        load_config(tmp_path / "config.toml")


def test_every_key_is_in_the_shipped_file_or_documented_with_its_default() -> None:
    documented = (ROOT / "docs" / "configuration.md").read_text()
    shipped = tomllib.loads((ROOT / "config.toml").read_text())
    for table in msgspec.structs.fields(Config):
        # One of many, as [[sources]], is a tuple of its type.
        (kind, *_) = get_args(table.type) or (table.type,)
        assert f"## {'[[' if kind is not table.type else '['}{table.name}]" in documented
        for field in msgspec.structs.fields(kind):
            if field.required:
                assert f"| `{field.name}` | needed |" in documented
                continue
            row = re.search(rf"^\| `{field.name}` \| `(.*?)` \|", documented, re.MULTILINE)
            assert row is not None, f"[{table.name}] {field.name} is not in docs/configuration.md"
            default = list(field.default) if isinstance(field.default, tuple) else field.default
            assert tomllib.loads(f"x = {row[1]}")["x"] == ("" if default is None else default), field.name
        assert shipped.get(table.name, {}).keys() <= {field.name for field in msgspec.structs.fields(kind)}
