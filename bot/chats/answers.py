"""The answers that were sent, so that their buttons work after a restart."""

import secrets
import time

import msgspec

from bot.chats.counts import Outcome
from bot.chats.database import Database
from embeddings import Article, Quote

# 96 random bits, more than anybody can try.
TOKEN_BYTES = 12
COLUMNS = "id, token, chat, asker, everyone, original, answer_message, content"
# Not where the question or subscription was forgotten meanwhile, nor the answer that this one copies or follows.
# What may be None says of which type it is: PostgreSQL does not guess.
SAVE = """
WITH given AS (
  SELECT CAST(:original AS BIGINT) AS original, CAST(:follows AS BIGINT) AS follows,
    CAST(:question_message AS BIGINT) AS question_message,
    CAST(:update AS BIGINT) AS update_id, CAST(:subscription AS BIGINT) AS subscription
)
INSERT INTO answers(token, chat, asker, everyone, original, follows, question_message, content, sent)
SELECT :token, :chat, :asker, :everyone, given.original, given.follows, given.question_message, :content, :sent
FROM given
WHERE (given.update_id IS NULL OR EXISTS (
    SELECT 1 FROM questions WHERE questions.update_id = given.update_id AND update_content IS NOT NULL))
  AND (given.subscription IS NULL OR EXISTS (SELECT 1 FROM subscriptions WHERE id = given.subscription))
  AND (given.original IS NULL OR EXISTS (SELECT 1 FROM answers WHERE id = given.original))
  AND (given.follows IS NULL OR EXISTS (SELECT 1 FROM answers WHERE id = given.follows))
"""


class SentQuote(msgspec.Struct, frozen=True):
    """A quote as it was sent: where it stands, and its words, to be held against the article again."""

    article: str
    start: int
    end: int
    answer: tuple[int, int] | None
    score: float
    text: str
    version: str | None = None
    """The digest of the article as it was quoted; versions before 0.2.0 did not note it."""

    @classmethod
    def of(cls, quote: Quote) -> "SentQuote":
        article = quote.article
        return cls(article.id, quote.start, quote.end, quote.answer, quote.score, quote.text, article.content_hash())

    def found_in(self, article: Article | None, older: bool = False) -> Quote | None:
        """The quote, where the article holds these very words in this place; `older` if its text is another by now."""
        if article is None or article.text[self.start : self.end] != self.text:
            return None
        return Quote(article, self.start, self.end, self.answer, self.score, older=older)


class SentAnswer(msgspec.Struct, frozen=True):
    """What a card was made of, so that its buttons work after a restart."""

    question: str
    answered: bool
    quotes: tuple[SentQuote, ...]
    language: str
    per_page: int
    heads: tuple[str, ...] = ()
    """Plain lines above the quotes that articles tell: who holds the office that was asked for, which meetings."""
    typed: str | None = None
    """What the person wrote, where `question` was completed from the one before."""
    unnamed_office: str | None = None
    """The office asked for, where no article names anybody in it."""
    of_period: bool = False
    """Whether only a period that the question names was searched."""
    of_another: bool = False
    """Whether what it leaves out was taken from another person's question."""
    understood: tuple[str, ...] = ()
    """Plain lines above `heads` that repeat words of the question: how it was completed or spelt, which period."""
    maybe: bool = False
    """Whether what is answered may be wrong, which the card says."""
    subscription: int | None = None
    """The subscription for which it is told."""

    table: tuple[tuple[str, ...], ...] = ()
    """What `heads` list, as rows under a heading, where it is a list."""
    salam: str | None = None
    """What the card begins with, where the message did."""

    @property
    def outcome(self) -> Outcome:
        """How it was answered, for the operator to count."""
        return Outcome("no" if not self.answered else "maybe" if self.maybe else "sure", self.language)

    def without_question(self) -> "SentAnswer":
        """The same quotes without a word of whoever asked, for somebody else to see."""
        return msgspec.structs.replace(
            self,
            question="",
            typed=None,
            unnamed_office=None,
            of_period=False,
            understood=(),
            subscription=None,
            salam=None,
        )


class StoredAnswer(msgspec.Struct, frozen=True):
    """A sent answer and where it stands."""

    id: int
    token: str
    chat: int
    asker: int
    everyone: bool
    """Whether it stood in a group, where all could see it."""
    original: int | None
    """The answer that this one is somebody's copy of."""
    message: int | None
    content: SentAnswer


class Answers:
    """Every answer that was sent, by its token and by the messages it stands between."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(
        self,
        chat: int,
        asker: int,
        question_message: int | None,
        content: SentAnswer,
        everyone: bool = False,
        follows: int | None = None,
        update_id: int | None = None,
    ) -> StoredAnswer | None:
        """Store an answer before it is sent, with the token that its buttons carry.

        None where its question, taken in with `update_id`, or its subscription was forgotten in the meantime.
        """
        return self._save(
            content,
            chat=chat,
            asker=asker,
            everyone=everyone,
            follows=follows,
            question_message=question_message,
            update=update_id,
        )

    def save_copy(self, person: int, original: StoredAnswer, content: SentAnswer) -> StoredAnswer | None:
        """Somebody's own card of an answer, the same one each time; None where the answer was forgotten."""
        source = original.original or original.id
        copy = self._find("chat = ? AND asker = ? AND original = ? ORDER BY id DESC", person, person, source)
        if copy is not None and copy.content == content:
            return copy
        return self._save(content, chat=person, asker=person, original=source)

    def _save(
        self,
        content: SentAnswer,
        *,
        chat: int,
        asker: int,
        everyone: bool = False,
        original: int | None = None,
        follows: int | None = None,
        question_message: int | None = None,
        update: int | None = None,
    ) -> StoredAnswer | None:
        token = secrets.token_urlsafe(TOKEN_BYTES)
        saved = self._database.do(
            SAVE,
            token=token,
            chat=chat,
            asker=asker,
            everyone=int(everyone),
            original=original,
            follows=follows,
            question_message=question_message,
            update=update,
            subscription=content.subscription if original is None else None,
            content=msgspec.json.encode(content),
            sent=time.time(),
        )
        return self.by_token(token) if saved else None

    def replace(self, answer: int, content: SentAnswer) -> None:
        """An edited question has another answer in the same message."""
        with self._database.transaction() as connection:
            connection.execute("UPDATE answers SET content = ? WHERE id = ?", (msgspec.json.encode(content), answer))
            connection.execute("DELETE FROM feedback WHERE answer = ?", (answer,))

    def note_sent(self, answer: int, message: int) -> None:
        """Note the message that holds the answer."""
        self._database.do("UPDATE answers SET answer_message = ? WHERE id = ?", message, answer)

    def show_to_everyone(self, answer: int) -> bool:
        """An answer that only its asker saw is for all to see; False where it was before."""
        return self._database.do("UPDATE answers SET everyone = 1 WHERE id = ? AND everyone = 0", answer) == 1

    def hide_again(self, answer: int) -> None:
        """The answer could not be shown to everyone after all."""
        self._database.do("UPDATE answers SET everyone = 0 WHERE id = ?", answer)

    def by_token(self, token: str) -> StoredAnswer | None:
        """The answer that a button or a link names."""
        return self._find("token = ?", token)

    def to_message(self, chat: int, question_message: int) -> StoredAnswer | None:
        """The answer that a message got, for when the message is edited."""
        return self._find("chat = ? AND question_message = ? ORDER BY id DESC", chat, question_message)

    def in_message(self, chat: int, answer_message: int) -> StoredAnswer | None:
        """The answer that one of the bot's messages holds."""
        return self._find("chat = ? AND answer_message = ? ORDER BY id DESC", chat, answer_message)

    def last(self, chat: int, asker: int, minutes: float) -> StoredAnswer | None:
        """What this person was last answered in this chat, within so many minutes; a copy is nobody's question."""
        since = time.time() - 60 * minutes
        return self._find(
            "chat = ? AND asker = ? AND sent >= ? AND original IS NULL ORDER BY id DESC", chat, asker, since
        )

    def _find(self, condition: str, *values: float | str) -> StoredAnswer | None:
        row = self._database.one(f"SELECT {COLUMNS} FROM answers WHERE {condition} LIMIT 1", *values)
        if row is None:
            return None
        id, token, chat, asker, everyone, original, message, content = row
        sent = msgspec.json.decode(content, type=SentAnswer)
        return StoredAnswer(id, token, chat, asker, bool(everyone), original, message, sent)
