"""Redraw the pictures in this folder from what the bot really sends: python docs/pictures/draw.py

The bot runs against the tests' fake server; what the server received is shown as a small chat and photographed by
headless Chromium (Debian's package `chromium`).
"""

import html
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER.parent.parent))

from tests.bot_process import Bot, running_bot, wait_until  # noqa: E402
from tests.telegram_server import BOT, GROUP, MENTION, OTHER, PERSON  # noqa: E402

Json = dict[str, Any]

STYLE = """
body { margin: 0; background: #d5e3d0; font: 15px/1.35 "Noto Sans", sans-serif; width: 412px; }
header { background: #517da2; color: #fff; padding: 10px 14px; font-weight: 600; }
header small { display: block; font-weight: 400; opacity: .8; }
main { padding: 10px 8px 14px; display: flex; flex-direction: column; gap: 6px; }
.message { max-width: 82%; border-radius: 12px; padding: 6px 10px 7px; background: #fff;
  white-space: pre-wrap; overflow-wrap: anywhere; }
.mine { align-self: flex-end; background: #e3fbcf; }
.name { color: #c0392b; font-weight: 600; font-size: 13px; }
.reply { border-left: 3px solid #517da2; padding-left: 7px; font-size: 13px; color: #555; margin-bottom: 4px;
  white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
blockquote { margin: 2px 0; padding: 3px 8px; border-left: 3px solid #c58a2e; background: #c58a2e18;
  border-radius: 4px; }
blockquote[expandable] { max-height: 8.2em; overflow: hidden; }
a { color: #2a6fb0; text-decoration: none; }
.buttons { width: 84%; display: grid; gap: 3px; margin-top: -2px; }
.row { display: flex; gap: 3px; }
.button { flex: 1; background: #5b8a66cc; color: #fff; text-align: center; border-radius: 8px; padding: 6px 4px;
  font-size: 13.5px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
"""


def private_chat(bot: Bot) -> str:
    bot.ask("siapa camat sungai raya?")
    message = bot.server.last_message()
    text = message["text"]
    press(bot, "Selengkapnya", message)
    wait_until(lambda: bot.server.last_message()["text"] != text)
    bot.ask("kpn rakor tanjung lago")
    return page("wartabot", "bot", conversation(bot, PERSON["id"]))


def honest_no(bot: Bot) -> str:
    person = {**PERSON, "id": 801}
    bot.ask("halo min", person)
    bot.ask("siapa gubernur sumatera selatan?", person)
    return page("wartabot", "bot", conversation(bot, 801))


def group_chat(bot: Bot) -> str:
    group = {**GROUP, "is_forum": False}
    question = bot.server.say("Bang, rakor Tanjung Lago kapan ya?", OTHER, group, delivered=False)
    ask_in_group(bot, group, "/tanya", PERSON, reply_to=question)
    ask_in_group(bot, group, f"{MENTION} berapa penduduk Banyuasin?", OTHER)
    return page(str(group["title"]), "3 anggota", conversation(bot, group["id"]))


def settings(bot: Bot) -> str:
    person = {**PERSON, "id": 802}
    bot.ask("/setelan", person)
    bot.ask("/sumber", person)
    bot.ask("/privasi", person)
    bot.ask("/hapusdata", person)
    return page("wartabot", "bot", conversation(bot, 802))


def officials(bot: Bot) -> str:
    person = {**PERSON, "id": 803}
    bot.ask("/pejabat Banyuasin", person)
    bot.ask("wakilnya bupati banyuasin siapa?", person)
    bot.ask("kalau oku?", person)
    return page("wartabot", "bot", conversation(bot, 803))


def meetings(bot: Bot) -> str:
    person = {**PERSON, "id": 804}
    bot.ask("/rapat Banyuasin 2023", person)
    bot.ask("rapat apa saja di OKU bulan lalu?", person)
    return page("wartabot", "bot", conversation(bot, 804))


def first_screen(bot: Bot) -> str:
    person = {**PERSON, "id": 805}
    bot.ask("/start", person)
    bot.ask("assalamualaikum, berapa penduduk banyuasin min?", person)
    bot.ask("banyuasin", person)
    bot.ask("/langganan banyuasin 07.00", person)
    return page("wartabot", "bot", conversation(bot, 805))


PICTURES: dict[str, Callable[[Bot], str]] = {
    "private": private_chat, "honest-no": honest_no, "group": group_chat, "settings": settings,
    "officials": officials, "meetings": meetings, "first-screen": first_screen,
}  # fmt: skip


def ask_in_group(bot: Bot, group: Json, text: str, person: Json, **fields: Any) -> None:
    before = len(bot.server.sent(0, group["id"]))
    bot.server.say(text, person, group, **fields)
    bot.server.sent(before + 1, group["id"])


def press(bot: Bot, label: str, message: Json) -> None:
    rows = message["reply_markup"]["inline_keyboard"]
    (button,) = [button for row in rows for button in row if button["text"] == label]
    bot.server.press(button["callback_data"], message)


def conversation(bot: Bot, chat: int) -> str:
    messages = bot.server.messages[chat]
    return "\n".join(bubble(message, messages) for message in messages.values() if message.get("text"))


def bubble(message: Json, messages: dict[int, Json]) -> str:
    from_bot = message["from"]["id"] == BOT["id"]
    private = message["chat"]["type"] == "private"
    # Telegram ends the line after a quote by itself.
    body = (message.get("html") or html.escape(message["text"])).replace("</blockquote>\n", "</blockquote>")
    name = "" if private else f'<div class="name">{html.escape(message["from"]["first_name"])}</div>'
    replied = message.get("replies_to") or message.get("reply_to_message", {}).get("message_id")
    reply = ""
    if replied in messages and not private:
        reply = f'<div class="reply">{html.escape(messages[replied]["text"])}</div>'
    mine = "" if from_bot or (not private and message["from"]["id"] != PERSON["id"]) else " mine"
    parts = [f'<div class="message{mine}">{name if not mine else ""}{reply}{body}</div>']
    if "reply_markup" in message:
        rows = [
            '<div class="row">' + "".join(f'<div class="button">{html.escape(b["text"])}</div>' for b in row) + "</div>"
            for row in message["reply_markup"]["inline_keyboard"]
        ]
        parts.append(f'<div class="buttons">{"".join(rows)}</div>')
    return "\n".join(parts)


def page(title: str, subtitle: str, body: str) -> str:
    return (
        f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style>'
        f"<header>{html.escape(title)}<small>{html.escape(subtitle)}</small></header><main>{body}</main>"
    )


def photograph(name: str, content: str) -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("Chromium is needed to draw the pictures: apt-get install chromium fonts-noto-color-emoji")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "chat.html"
        source.write_text(content + SIZE_IN_TITLE)
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync",
                   "--disable-component-update", "--no-first-run", "--hide-scrollbars",
                   f"--user-data-dir={folder}/user"]  # fmt: skip
        dom = subprocess.run(
            [chromium, *options, "--window-size=412,400", "--dump-dom", f"file://{source}"],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        height = int(dom.partition("<title>")[2].partition("</title>")[0])
        subprocess.run(
            [chromium, *options, f"--window-size=412,{height}", "--force-device-scale-factor=1.5",
             f"--screenshot={FOLDER / name}.png", f"file://{source}"],
            capture_output=True, check=True,
        )  # fmt: skip


SIZE_IN_TITLE = "<script>document.title = document.documentElement.scrollHeight</script>"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, running_bot(Path(folder)) as bot:
        for name, draw in PICTURES.items():
            photograph(name, draw(bot))
            print(f"{name}.png")


if __name__ == "__main__":
    main()
