"""Many people and a fake Bot API server that brings what they say to several workers in turn, as a proxy would."""

import http.client
import json
import random
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import cycle
from urllib.parse import urlsplit

from bot.texts import INDONESIAN
from tests.telegram_server import PERSON, Json
from tests.telegram_webhook import SECRET_HEADER, BringingServer, request

FIRST_PERSON = 50_000
# What a killed worker has left, another one takes up after half a minute; after a failover, all wait longer.
PATIENCE_SECONDS = 150.0
SECONDS_UNTIL_BROUGHT_AGAIN = 0.2
AT_ONCE = (1, 1, 1, 2, 3)
"""How many questions somebody sends one after another, without waiting for an answer."""
TO_ASK_AGAIN = (INDONESIAN.maybe_lost, INDONESIAN.maybe_lost_ask_again, INDONESIAN.busy, INDONESIAN.failed)
QUESTIONS = (
    "Siapa camat Sungai Raya?", "kapan rakor tanjung lago", "siapa wakil ketua II DPRD Banyuasin?",
    "siapa yang hadir di rakor Rantau Bayur?", "siapa camat Betung?", "di mana rakor Sungai Raya?",
    "Bagaimana cara membuat rendang?", "berapa penduduk banyuasin?",
)  # fmt: skip


@dataclass
class Question:
    """What one person asked, and what came back to it, by the clock of time.monotonic()."""

    chat: int
    asked: float
    answered: list[float] = field(default_factory=list)
    told: list[float] = field(default_factory=list)
    """When it was said that the answer may be lost, or that it is to be asked again."""

    @property
    def settled(self) -> bool:
        return bool(self.answered or self.told)


class Telegram(BringingServer):
    """Brings each update to a worker, after a refusal to the next one; what was said in one chat, in its order."""

    def __init__(self, ports: list[int]) -> None:
        super().__init__(0)
        self.ports = ports
        self.questions: dict[int, Question] = {}
        self.news: dict[tuple[int, str], int] = defaultdict(int)
        """How often a chat was told of an article, by its title."""
        self.titles: list[str] = []
        self.offered: Counter[int] = Counter()
        """How often a chat was asked whether it wants to see news that may be lost."""
        self.brought_again = 0
        self._arriving: dict[int, Json] = {}
        self._next = cycle(range(10_000))

    def update(self, kind: str, content: Json) -> int:
        """Keep an update until the one who causes it brings it."""
        with self._changed:
            number = self._new_id()
            self._arriving[content["message_id"]] = {"update_id": number, kind: content}
            return number

    def ask(self, texts: list[str], chat: int) -> list[Question]:
        """Somebody sends these one after another; returns once each has been confirmed."""
        questions = []
        for text in texts:
            with self._changed:
                number = self.say(text, {**PERSON, "id": chat})
                question = self.questions[number] = Question(chat, time.monotonic())
            self._bring_until_confirmed(self._arriving.pop(number))
            questions.append(question)
        return questions

    def wait_until_settled(self, questions: list[Question], seconds: float = PATIENCE_SECONDS) -> None:
        with self._changed:
            self._changed.wait_for(lambda: all(question.settled for question in questions), seconds)

    def _bring_all(self) -> None:
        """Whoever says something brings it."""

    def _bring_until_confirmed(self, update: Json) -> None:
        while not self._is_taken(update, self.ports[next(self._next) % len(self.ports)]):
            self.brought_again += 1
            time.sleep(SECONDS_UNTIL_BROUGHT_AGAIN)

    def _is_taken(self, update: Json, port: int) -> bool:
        if self.webhook is None:
            return False
        headers = {SECRET_HEADER: self.webhook["secret_token"], "Content-Type": "application/json"}
        path = urlsplit(self.webhook["url"]).path
        try:
            return request(port, path, json.dumps(update).encode(), **headers)[0] == 200
        # The worker is not there, or was killed meanwhile.
        except (OSError, http.client.HTTPException):
            return False

    def _record(self, method: str, fields: Json) -> None:
        with self._changed:
            if method == "sendMessage":
                self._note(fields)
            super()._record(method, fields)
            # Those of the start are waited for by name.
            if len(self.requests) > 2000:
                del self.requests[:1000], self.times[:1000]

    def _note(self, fields: Json) -> None:
        answers = json.loads(fields["reply_parameters"])["message_id"] if "reply_parameters" in fields else None
        if answers in self.questions:
            question = self.questions[answers]
            (question.told if fields["text"] in TO_ASK_AGAIN else question.answered).append(time.monotonic())
            return
        if fields["text"] == INDONESIAN.failed:
            waiting = [one for one in self.questions.values() if str(one.chat) == fields["chat_id"] and not one.settled]
            for question in waiting[:1]:
                question.told.append(time.monotonic())
        self.offered[int(fields["chat_id"])] += fields["text"] == INDONESIAN.maybe_lost_alert
        for title in self.titles:
            if f"{title}<" in fields["text"]:
                self.news[int(fields["chat_id"]), title] += 1


def be_a_person(server: Telegram, number: int, until: float, mean_seconds: float) -> None:
    """Ask, read, and ask again, at moments that nobody can foresee, until the time is over."""
    chance = random.Random(number)
    time.sleep(min(chance.uniform(0, mean_seconds), max(0.0, until - time.monotonic())))
    while time.monotonic() < until:
        texts = chance.choices(QUESTIONS, k=chance.choice(AT_ONCE))
        server.wait_until_settled(server.ask(texts, FIRST_PERSON + number))
        time.sleep(min(chance.expovariate(1 / mean_seconds), max(0.0, until - time.monotonic())))


def all_at_once(server: Telegram, people: int, first: int = FIRST_PERSON) -> tuple[list[Question], float]:
    """So many people ask in the same moment; their questions, and how many a second were answered."""
    asked: list[Question] = []

    def ask(number: int) -> None:
        asked.extend(server.ask([QUESTIONS[number % len(QUESTIONS)]], first + number))

    begin = time.monotonic()
    threads = [threading.Thread(target=ask, args=(number,)) for number in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    server.wait_until_settled(asked)
    return asked, people / (max(moment for question in asked for moment in question.answered) - begin)


def mistakes(server: Telegram, subscribers: list[int]) -> list[str]:
    """Whatever was lost, came twice, came in another order, or was told twice."""
    found: list[str] = []
    chats: dict[int, list[float]] = defaultdict(list)
    for number, question in server.questions.items():
        if not question.settled:
            found.append(f"question {number} was not answered")
        if len(question.answered) > 1:
            found.append(f"question {number} was answered {len(question.answered)} times")
        chats[question.chat] += question.answered[:1]
    found += [f"chat {chat} was answered in another order" for chat, when in chats.items() if when != sorted(when)]
    return [*found, *(mistake for chat in subscribers for mistake in _of_news(server, chat))]


def _of_news(server: Telegram, chat: int) -> list[str]:
    times = {title: server.news[chat, title] for title in server.titles}
    lost = [title for title, often in times.items() if not often]
    twice = [f"chat {chat} was told {often} times of {title}" for title, often in times.items() if often > 1]
    # What may be lost is offered with a button.
    return twice + [f"chat {chat} was not told of {title}" for title in lost[server.offered[chat] :]]
