"""A strict fake Bot API server on loopback: only the wire is fake, the bot that talks to it is real.

It keeps people, groups, topics and messages, checks every request against the official specification (the facts it
needs stand in bot_api.json, with their source), parses HTML about as Telegram does, and refuses what Telegram refuses.
"""

import contextlib
import json
import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

FACTS = json.loads((Path(__file__).parent / "bot_api.json").read_text())
TOKEN = "123456:fake-token-that-must-never-be-logged"
BOT = {"id": 123456, "is_bot": True, "first_name": "Warta", "username": "wartabot_test_bot"}
MENTION = f"@{BOT['username']}"
PERSON = {"id": 777, "is_bot": False, "first_name": "Budi", "language_code": "id"}
OTHER = {"id": 778, "is_bot": False, "first_name": "Siti", "language_code": "id"}
GROUP = {"id": -1001, "type": "supergroup", "title": "Warga Banyuasin", "is_forum": True}
ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
# What a bot may download at most, by https://core.telegram.org/bots/api#getfile.
LARGEST_FILE = 20 * 1024 * 1024
KINDS_OF_BUTTON = {
    "callback_data", "url", "copy_text", "switch_inline_query_current_chat", "switch_inline_query_chosen_chat"
}  # fmt: skip
RICH_BLOCKS = {
    "paragraph": "InputRichBlockParagraph",
    "table": "InputRichBlockTable",
    "expandable_blockquote": "InputRichBlockExpandableBlockQuotation",
}
ALLOWED_TAGS = {"b", "i", "u", "s", "a", "code", "pre", "blockquote", "tg-spoiler"}

Json = dict[str, Any]


class Refused(Exception):
    """What the server answers instead of a result."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.content: Json = {"ok": False, "error_code": code, "description": description}
        if parameters:
            self.content["parameters"] = parameters


class Dropped(Exception):
    """The connection breaks off instead of an answer."""


class _HTTPServer(ThreadingHTTPServer):
    daemon_threads = True
    # Fifty connections at once are no trouble to Telegram.
    request_queue_size = 128


class TelegramServer:
    """What people do goes in through methods; what the bot does comes out in `requests` and `messages`."""

    def __init__(self, port: int = 0) -> None:
        self.requests: list[tuple[str, Json]] = []
        self.problems: list[str] = []
        self.administrators: set[int] = set()
        self.privacy_mode = True
        self.knows_ephemeral = False
        self.knows_rich = False
        self.alone_only_by_tap = False
        """Whether the bot is no administrator, and may show something to one person only after they tapped."""
        self.hanging = threading.Event()
        self.revoked = False
        self.polls = 0
        self.garbage: dict[str, bytes] = {}
        """What a method answers instead of anything that makes sense."""
        self._held: set[str] = set()
        self.times: list[tuple[float, str, Json]] = []
        self.messages: dict[int, dict[int, Json]] = defaultdict(dict)
        self.files: dict[str, bytes] = {}
        """What people have sent, by its file_id."""
        self._updates: list[Json] = []
        self._failures: dict[str, list[Exception]] = defaultdict(list)
        self._open_queries: set[str] = set()
        self._next_id = 1
        self._changed = threading.Condition(threading.RLock())
        self._http = _HTTPServer(("127.0.0.1", port), _handler(self))
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    @contextmanager
    def running(self) -> Iterator["TelegramServer"]:
        thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.hanging.clear()
            self._http.shutdown()
            self._http.server_close()
            thread.join()

    # --- what people do ---

    def say(
        self,
        text: str | None,
        person: Json = PERSON,
        chat: Json | None = None,
        reply_to: int | None = None,
        topic: int | None = None,
        delivered: bool = True,
        **fields: Any,
    ) -> int:
        """A person sends a message, by default to the bot in private; returns the message's id.

        One that is not `delivered` stands in the chat from before the bot was there.
        """
        with self._changed:
            chat = chat or {"id": person["id"], "type": "private", "first_name": person["first_name"]}
            message: Json = {
                "message_id": self._new_id(), "date": int(time.time()), "chat": chat, "from": person, **fields,
            }  # fmt: skip
            if text is not None:
                message["text"] = text
                message.setdefault("entities", _entities(text))
            if topic is not None:
                message |= {"message_thread_id": topic, "is_topic_message": True}
                # In a forum every message looks like a reply to its topic's first one.
                reply_to = reply_to or topic
                root = {"message_id": topic, "date": 1, "chat": chat, "from": BOT, "forum_topic_created": {
                    "name": "Umum", "icon_color": 1}}  # fmt: skip
                self.messages[chat["id"]].setdefault(topic, root)
            if reply_to is not None:
                other = dict(self.messages[chat["id"]][reply_to])
                other.pop("reply_to_message", None)
                message["reply_to_message"] = other
            self.messages[chat["id"]][message["message_id"]] = message
            if delivered and self._bot_sees(message):
                self.update("message", message)
            return int(message["message_id"])

    def send_file(self, name: str, content: bytes, person: Json = PERSON, **fields: Any) -> int:
        """A person sends the bot a file in private; returns the message's id."""
        file_id = f"file-{self._new_id()}"
        self.files[file_id] = content
        document = {"file_id": file_id, "file_unique_id": file_id, "file_name": name, "file_size": len(content)}
        return self.say(None, person, document=document, **fields)

    def edit(self, message_id: int, text: str, chat: int = int(PERSON["id"])) -> None:
        """A person edits a message."""
        with self._changed:
            message = self.messages[chat][message_id]
            message |= {"text": text, "entities": _entities(text), "edit_date": int(time.time())}
            self.update("edited_message", dict(message))

    def press(self, data: str, message: Json, person: Json = PERSON) -> str:
        """A person presses a button; returns the query's id."""
        with self._changed:
            query = str(self._new_id())
            self._open_queries.add(query)
            self.update(
                "callback_query",
                {"id": query, "from": person, "chat_instance": "1", "data": data, "message": message},
            )
            return query

    def inline(self, text: str, offset: str = "", person: Json = PERSON) -> str:
        """A person types an inline query; returns its id."""
        with self._changed:
            query = str(self._new_id())
            self.update("inline_query", {"id": query, "from": person, "query": text, "offset": offset})
            return query

    def update(self, kind: str, content: Json) -> int:
        """Queue an update of any kind."""
        with self._changed:
            update_id = self._new_id()
            self._updates.append({"update_id": update_id, kind: content})
            self._changed.notify_all()
            return update_id

    # --- what goes wrong ---

    def fail_next(self, method: str, code: int, description: str, **parameters: Any) -> None:
        """The next call of this method is refused."""
        self._failures[method].append(Refused(code, description, **parameters))

    def drop_next(self, method: str) -> None:
        """The connection of the next call of this method breaks off."""
        self._failures[method].append(Dropped())

    def hold(self, method: str) -> None:
        """Calls of this method are not answered until they are let go, and then come to nothing."""
        self._held.add(method)

    def let_go(self, method: str) -> None:
        with self._changed:
            self._held.discard(method)
            self._changed.notify_all()

    # --- what the bot did ---

    def sent(self, count: int, chat: int | None = None, timeout: float = 60) -> list[Json]:
        """Wait until the bot has sent this many messages in all (or to one chat), and return them as requested."""
        return self.called("sendMessage", count, chat, timeout)

    def called(self, method: str, count: int = 1, chat: int | None = None, timeout: float = 60) -> list[Json]:
        """Wait until the bot has called a method so often, and return the fields of each call."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while True:
                found = [
                    fields
                    for name, fields in self.requests
                    if name == method and (chat is None or fields["chat_id"] == str(chat))
                ]
                if len(found) >= count:
                    return found
                if not self._changed.wait(deadline - time.monotonic()):
                    last = [(name, str(fields)[:200]) for name, fields in self.requests[-5:]]
                    raise AssertionError(f"{method} called {len(found)} times, not {count}; last: {last}")

    def last_message(self, chat: int = int(PERSON["id"])) -> Json:
        """The newest message of the bot's in a chat, as it stands now."""
        return [message for message in self.messages[chat].values() if message["from"]["id"] == BOT["id"]][-1]

    def message_with(self, text: str, chat: int = int(PERSON["id"]), timeout: float = 30) -> Json:
        """Wait until the newest message of the bot's in a chat holds this text."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while True:
                with contextlib.suppress(IndexError):
                    if text in self.last_message(chat)["text"]:
                        return self.last_message(chat)
                if not self._changed.wait(deadline - time.monotonic()):
                    raise AssertionError(f"no {text!r} in {self.last_message(chat)['text']!r}")

    # --- the Bot API ---

    def call(self, method: str, fields: Json) -> Any:
        """Answer one request of the bot."""
        with self._changed:
            if method != "getUpdates":
                self.times.append((time.monotonic(), method, fields))
            else:
                self.polls += 1
            self._check(method, fields)
            if method in self._held:
                while method in self._held:
                    self._changed.wait(0.2)
                raise Dropped
            if self._failures[method]:
                self._record(method, fields)
                raise self._failures[method].pop(0)
        try:
            match method:
                case "getMe":
                    return {**BOT, "can_join_groups": True, "can_read_all_group_messages": not self.privacy_mode,
                            "supports_inline_queries": True, "supports_guest_queries": True}  # fmt: skip
                case "getUpdates":
                    while self.hanging.is_set():
                        time.sleep(0.05)
                    return self._get_updates(int(fields.get("offset", 0)), float(fields.get("timeout", 0)))
                case "sendMessage":
                    return self._send_message(fields)
                case "sendRichMessage":
                    return self._send_rich_message(fields)
                case "editMessageText":
                    return self._edit_message_text(fields)
                case "editEphemeralMessageText":
                    return self._edit_ephemeral_message_text(fields)
                case "editMessageReplyMarkup":
                    return self._edit_message_reply_markup(fields)
                case "answerCallbackQuery":
                    return self._answer_callback_query(fields)
                case "answerInlineQuery":
                    return self._answer_inline_query(fields)
                case "answerGuestQuery":
                    self._check_inline_result(json.loads(fields["result"]))
                    return {"inline_message_id": "1"}
                case "getFile":
                    return self._get_file(fields["file_id"])
                case "getChatMember":
                    person = int(fields["user_id"])
                    user = {"id": person, "is_bot": False, "first_name": "x"}
                    if person in self.administrators:
                        return {"status": "creator", "user": user, "is_anonymous": False}
                    return {"status": "member", "user": user}
                case _:
                    return True
        finally:
            # Noted when done, so that whoever waits for it finds its effect.
            self._record(method, fields)

    def _record(self, method: str, fields: Json) -> None:
        with self._changed:
            if method != "getUpdates":
                self.requests.append((method, fields))
            self._changed.notify_all()

    def _bot_sees(self, message: Json) -> bool:
        if message["chat"]["type"] == "private" or not self.privacy_mode:
            return True
        replied = message.get("reply_to_message", {})
        to_bot = replied.get("from", {}).get("id") == BOT["id"] and "forum_topic_created" not in replied
        entities = message.get("entities", [])
        text = message.get("text", "")
        units = text.encode("utf-16-le")
        mentioned = any(
            units[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le").lower() == MENTION.lower()
            for e in entities
            if e["type"] == "mention"
        )
        return to_bot or mentioned or any(entity["type"] == "bot_command" for entity in entities)

    def _get_updates(self, offset: int, timeout: float) -> list[Json]:
        with self._changed:
            self._updates = [update for update in self._updates if update["update_id"] >= offset]
            if not self._updates:
                self._changed.wait(min(timeout, 1.0))
            return self._updates[:100]

    def _get_file(self, file_id: str) -> Json:
        content = self.files[file_id]
        if len(content) > LARGEST_FILE:
            raise Refused(400, "Bad Request: file is too big")
        return {
            "file_id": file_id, "file_unique_id": file_id, "file_size": len(content),
            "file_path": f"documents/{file_id}",
        }  # fmt: skip

    def _send_message(self, fields: Json) -> Json:
        content = self._content(fields)
        with self._changed:
            chat = int(fields["chat_id"])
            chats = [message["chat"] for message in self.messages[chat].values()]
            message: Json = {
                "message_id": self._new_id(),
                "date": int(time.time()),
                "chat": chats[-1] if chats else {"id": chat, "type": "private" if chat > 0 else "supergroup"},
                "from": BOT,
                **content,
            }
            if "message_thread_id" in fields:
                message |= {"message_thread_id": int(fields["message_thread_id"]), "is_topic_message": True}
            if "reply_parameters" in fields:
                message["replies_to"] = json.loads(fields["reply_parameters"])["message_id"]
            number = message["message_id"]
            if self.knows_ephemeral and "ephemeral_message_parameters" in fields:
                message |= self._for_one(number, json.loads(fields["ephemeral_message_parameters"]))
            self.messages[chat][number] = message
            return message

    def _send_rich_message(self, fields: Json) -> Json:
        if not self.knows_rich:
            raise Refused(404, "Not Found: method not found")
        rich = json.loads(fields["rich_message"])
        self._check_object("InputRichMessage", rich)
        for block in rich["blocks"]:
            self._check_object(RICH_BLOCKS[block["type"]], block)
        words = " ".join(json.dumps(block, ensure_ascii=False) for block in rich["blocks"])
        where = {name: value for name, value in fields.items() if name != "rich_message"}
        message = self._send_message({**where, "text": words})
        for name in ("text", "html"):
            message.pop(name)
        message["rich_message"] = rich
        return message

    def _for_one(self, number: int, parameters: Json) -> Json:
        """What an ephemeral message has instead of a number of its own; refused to a bot that was not tapped first."""
        self._check_object("EphemeralMessageParameters", parameters)
        tapped = parameters.get("callback_query_id")
        if tapped is None and self.alone_only_by_tap:
            raise Refused(400, "Bad Request: not enough rights to send ephemeral messages")
        if tapped is not None and tapped not in self._open_queries:
            raise Refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        receiver = {"id": parameters["receiver_user_id"], "is_bot": False, "first_name": "x"}
        return {"message_id": 0, "ephemeral_message_id": number, "receiver_user": receiver}

    def _edit_ephemeral_message_text(self, fields: Json) -> bool:
        content = self._content(fields)
        with self._changed:
            message = self.messages[int(fields["chat_id"])].get(int(fields["ephemeral_message_id"]), {})
            if message.get("receiver_user", {}).get("id") != int(fields["receiver_user_id"]):
                raise Refused(400, "Bad Request: message to edit not found")
            message.pop("reply_markup", None)
            message |= content
        return True

    def _edit_message_text(self, fields: Json) -> Json:
        content = self._content(fields)
        with self._changed:
            message = self.messages[int(fields["chat_id"])].get(int(fields["message_id"]))
            if message is None or message["from"]["id"] != BOT["id"]:
                raise Refused(400, "Bad Request: message to edit not found")
            if (message.get("html"), message.get("reply_markup")) == (content["html"], content.get("reply_markup")):
                raise Refused(400, "Bad Request: message is not modified")
            message.pop("reply_markup", None)
            message.pop("rich_message", None)
            message |= content
            return message

    def _edit_message_reply_markup(self, fields: Json) -> Json:
        markup = json.loads(fields["reply_markup"])
        self._check_buttons(markup)
        with self._changed:
            message = self.messages[int(fields["chat_id"])].get(int(fields["message_id"]))
            if message is None or message["from"]["id"] != BOT["id"]:
                raise Refused(400, "Bad Request: message to edit not found")
            if message.get("reply_markup") == markup:
                raise Refused(400, "Bad Request: message is not modified")
            message["reply_markup"] = markup
            return message

    def _content(self, fields: Json) -> Json:
        html = fields["text"]
        text = parse_html(html) if fields.get("parse_mode") == "HTML" else html
        if not text.strip():
            raise Refused(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > 4096:
            raise Refused(400, "Bad Request: message is too long")
        content: Json = {"text": text, "html": html if "parse_mode" in fields else None}
        if "reply_markup" in fields:
            content["reply_markup"] = json.loads(fields["reply_markup"])
            self._check_buttons(content["reply_markup"])
        return content

    def _answer_callback_query(self, fields: Json) -> bool:
        with self._changed:
            if fields["callback_query_id"] not in self._open_queries:
                raise Refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
            self._open_queries.discard(fields["callback_query_id"])
        if len(fields.get("text", "")) > 200:
            raise Refused(400, "Bad Request: MESSAGE_TOO_LONG")
        return True

    def _answer_inline_query(self, fields: Json) -> bool:
        results = json.loads(fields["results"])
        ids = [result["id"] for result in results]
        if len(results) > 50 or len(set(ids)) != len(ids):
            raise Refused(400, "Bad Request: RESULT_ID_DUPLICATE or too many")
        if len(fields.get("next_offset", "").encode()) > 64:
            raise Refused(400, "Bad Request: NEXT_OFFSET_INVALID")
        for result in results:
            self._check_inline_result(result)
        return True

    def _check_inline_result(self, result: Json) -> None:
        self._check_object("InlineQueryResultArticle", result)
        self._check_object("InputTextMessageContent", result["input_message_content"])
        if not 1 <= len(result["id"].encode()) <= 64:
            raise Refused(400, "Bad Request: RESULT_ID_INVALID")
        self._content({**result["input_message_content"], "text": result["input_message_content"]["message_text"]})

    def _check_buttons(self, markup: Json) -> None:
        self._check_object("InlineKeyboardMarkup", markup)
        for row in markup["inline_keyboard"]:
            for button in row:
                self._check_object("InlineKeyboardButton", button)
                if len(button.keys() & KINDS_OF_BUTTON) != 1:
                    raise Refused(400, "Bad Request: text buttons are unallowed in the inline keyboard")
                if not 1 <= len(button.get("callback_data", "x").encode()) <= 64:
                    raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
                if "copy_text" in button and not 1 <= len(button["copy_text"]["text"].encode("utf-16-le")) // 2 <= 256:
                    raise Refused(400, "Bad Request: BUTTON_COPY_TEXT_INVALID")
                start = re.search(r"\?start=(.*)", button.get("url", ""))
                if start and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", start[1]):
                    self.problems.append(f"a deep link Telegram would refuse: {button['url']}")

    def _new_id(self) -> int:
        self._next_id += 1
        return self._next_id

    # --- the specification ---

    def _check(self, method: str, fields: Json) -> None:
        known = FACTS["methods"].get(method)
        if known is None:
            self.problems.append(f"{method} is not among the methods of bot_api.json")
            return
        self._check_fields(method, known, {name: _decoded(value) for name, value in fields.items()})

    def _check_object(self, name: str, value: Json) -> None:
        self._check_fields(name, FACTS["types"][name], value)

    def _check_fields(self, owner: str, known: Json, fields: Json) -> None:
        for name, value in fields.items():
            if name not in known:
                self.problems.append(f"{owner} has no field {name}")
            elif not any(_is_of(value, kind) for kind in known[name]["types"]):
                self.problems.append(f"{owner}.{name} is no {known[name]['types']}: {value!r}")
        for name, fact in known.items():
            if fact["required"] and name not in fields:
                self.problems.append(f"{owner} lacks {name}")


def _decoded(value: str) -> Any:
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value


def _is_of(value: Any, kind: str) -> bool:
    if kind == "RichText":
        return isinstance(value, str | list) or (isinstance(value, dict) and "type" in value)
    checks: dict[str, Callable[[Any], bool]] = {
        "Integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
        # A string of digits, as any other, looks like a number on the wire.
        "String": lambda v: isinstance(v, str | int | float),
        "Boolean": lambda v: isinstance(v, bool),
        "Float": lambda v: isinstance(v, int | float),
    }
    if kind.startswith("Array of"):
        return isinstance(value, list)
    return checks.get(kind, lambda v: isinstance(v, dict))(value)


def _entities(text: str) -> list[Json]:
    """The commands and mentions that Telegram's apps would mark, with offsets in UTF-16 units."""
    entities = []
    for kind, pattern in (("bot_command", r"(?:^|(?<=\s))/\w+(?:@\w+)?"), ("mention", r"@\w+")):
        for found in re.finditer(pattern, text):
            if kind == "mention" and text[: found.start()].endswith(tuple("abcdefghijklmnopqrstuvwxyz")):
                continue
            offset = len(text[: found.start()].encode("utf-16-le")) // 2
            entities.append({"type": kind, "offset": offset, "length": len(found[0].encode("utf-16-le")) // 2})
    return entities


def parse_html(text: str) -> str:
    """The text without its markup; raises Refused as Telegram does for what it cannot parse."""
    parser = _TelegramHtml()
    parser.feed(text)
    parser.close()
    if parser.open_tags:
        raise Refused(400, f"Bad Request: can't parse entities: can't find end tag for {parser.open_tags[-1]}")
    return "".join(parser.text)


class _TelegramHtml(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.open_tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALLOWED_TAGS:
            raise Refused(400, f'Bad Request: can\'t parse entities: unsupported start tag "{tag}"')
        if tag == "blockquote" and tag in self.open_tags:
            raise Refused(400, "Bad Request: can't parse entities: blockquote can't be nested")
        self.open_tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open_tags or self.open_tags.pop() != tag:
            raise Refused(400, f"Bad Request: can't parse entities: unmatched end tag {tag}")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def _handler(server: TelegramServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", -1))
            body = self.rfile.read(max(length, 0))
            # A bot that was stopped in the middle of a request asked for nothing.
            if len(body) != length:
                self.close_connection = True
                return
            self._answer(dict(parse_qsl(body.decode(), keep_blank_values=True)))

        def do_GET(self) -> None:
            prefix, _, file_id = unquote(self.path).rpartition("/")
            if prefix != f"/file/bot{TOKEN}/documents":
                self._answer({})
                return
            content = server.files.get(file_id)
            self._write(404 if content is None else 200, "application/octet-stream", content or b"")

        def _answer(self, fields: Json) -> None:
            prefix, _, method = self.path.rpartition("/")
            try:
                if prefix != f"/bot{TOKEN}" or server.revoked:
                    raise Refused(401, "Unauthorized")
                status, content = 200, {"ok": True, "result": server.call(method, fields)}
            except Refused as refused:
                status, content = refused.code, refused.content
            except Dropped:
                self.close_connection = True
                return
            self._write(status, "application/json", server.garbage.get(method) or json.dumps(content).encode())

        def _write(self, status: int, kind: str, payload: bytes) -> None:
            # A bot that was stopped does not wait for its answer.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

        def handle(self) -> None:
            # Nor does a bot that was killed say goodbye.
            with contextlib.suppress(ConnectionResetError):
                super().handle()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler
