"""Questions on events, numbers and names made from news: with passages that tell, and with some that nearly do."""

import random
import re
from collections.abc import Iterator, Sequence

from embeddings.indonesian import dates, lexicon
from embeddings.indonesian.sentences import split_sentences
from embeddings.training.news import Passage, answered, replaced, unanswered
from embeddings.training.questions import Example
from embeddings.types import Span

_TOLD = lexicon.patterns("embeddings.training", "told.toml")
_EVENT, _EVENT_ENDS, _PLACE = (_TOLD[name] for name in ("event", "event_ends", "place"))
_DATE = re.compile(
    r"(?:pada\s+)?(?:hari\s+)?"
    rf"(?:\b(?:{'|'.join(map(re.escape, dates.WEEKDAYS))})\b\s*+,?\s*+(?:(?:pagi|siang|sore|malam)\s*+,?\s*+)?)?"
    r"(?:\(\s*\d{1,2}\s*[/.-]\s*\d{1,2}(?:\s*[/.-]\s*\d{2,4})?\s*\)"
    rf"|\b\d{{1,2}}\s+(?:{'|'.join(dates.MONTHS)})\b(?:\s+\d{{4}})?)",
    re.IGNORECASE,
)
_ON_DAY = re.compile(r"(?:pada\s+)?(?:hari\s+)?")
_WORDS_BEHIND = re.compile(r"(?: [\w-]+){1,4}")
_WORDS_BEFORE = re.compile(r"(?<![\w-])((?:[\w-]+ ){2,4})$")
_ASK = {
    "when": lexicon.lines("embeddings.training", "ask_when.txt"),
    "where": lexicon.lines("embeddings.training", "ask_where.txt"),
}
_PHRASES = (
    (_TOLD["attended"], lexicon.lines("embeddings.training", "ask_who_attended.txt")),
    (_TOLD["purpose"], lexicon.lines("embeddings.training", "ask_purpose.txt")),
    (_TOLD["theme"], lexicon.lines("embeddings.training", "ask_theme.txt")),
)
_HOW_MANY = lexicon.lines("embeddings.training", "ask_how_many.txt")
_HOW_MUCH = lexicon.lines("embeddings.training", "ask_how_much.txt")
_ACRONYMS = lexicon.lines("embeddings.training", "ask_acronym.txt")
_IN_ENGLISH = lexicon.table("embeddings.training", "events_in_english.csv")
_OTHERS_COUNTED = lexicon.lines("embeddings.training", "never_counted.txt")
_SOME = ("banyak", "sejumlah", "para", "beberapa")
_TELLS_TOO_LITTLE = ("acara", "kegiatan", "pertemuan", "kunjungan", "diskusi")
_NO_TOPIC = ("ada", "yang", "dan", "itu", "sebanyak", "total", "dari")


class EventTemplates:
    """Asks of what passages tell, with these regions to put in place of the right ones."""

    def __init__(self, regions: Sequence[str], chance: random.Random) -> None:
        self._regions, self._chance = regions, chance

    def events(self, passage: Passage) -> Iterator[Example]:
        """When and where an event is."""
        text = passage.text
        for start, end in split_sentences(text):
            sentence = text[start:end]
            match = _EVENT.search(sentence)
            if match is None:
                continue
            event = _event_name(match[0])
            if len(event) < 5 or event.casefold() in _TELLS_TOO_LITTLE:
                continue
            other = next(
                (name for name in self._chance.choices(list(_IN_ENGLISH), k=4) if name not in text.casefold()), None
            )
            date, place = _DATE.search(sentence), _PLACE.search(sentence)
            found = {"when": date.span() if date else None, "where": place.span("place") if place else None}
            for kind, span in found.items():
                if span is not None and self._chance.random() >= 0.25:
                    told = (start + span[0], start + span[1])
                    yield from self._pairs(kind, event, other, passage, told)

    def counts(self, passage: Passage) -> Iterator[Example]:
        """How many of something there are."""
        text, counted = passage.text, _TOLD["counted"]
        nouns = [match["noun"] for match in counted.finditer(text)]
        for match in counted.finditer(text):
            noun = match["noun"]
            if nouns.count(noun) > 1 or noun == "persen" or self._chance.random() < 0.4:
                continue
            topic = _words_before(text, match.start("number")) if self._chance.random() < 0.5 else ""
            topic = topic or _words_behind(text, match.end("noun"))
            if not topic and self._chance.random() < 0.8:
                continue
            form, behind = self._chance.choice(_HOW_MANY), f" {topic}" if topic else ""
            question = form.format(n=noun, t=behind)
            yield answered(question, passage, (match.start("number"), match.end("noun")))
            if bare := replaced(passage, match.span("number"), self._chance.choice(_SOME)):
                yield unanswered(question, bare)
            other = self._chance.choice(_OTHERS_COUNTED)
            if other not in text.casefold():
                yield unanswered(form.format(n=other, t=behind), passage)

    def sums(self, passage: Passage) -> Iterator[Example]:
        """How much money something is or costs."""
        text = passage.text
        for match in _TOLD["money"].finditer(text):
            topic = _words_behind(text, match.end("noun")) or _words_before(text, match.start("noun"))
            if topic:
                question = self._chance.choice(_HOW_MUCH).format(n=match["noun"], t=topic)
                yield answered(question, passage, match.span("number"))
                if bare := replaced(passage, match.span("number")):
                    yield unanswered(question, bare)

    def phrases(self, passage: Passage) -> Iterator[Example]:
        """Who came, and what an event's purpose and theme are."""
        for pattern, forms in _PHRASES:
            match, event = pattern.search(passage.text), _EVENT.search(passage.text)
            if match is None or event is None:
                continue
            question = self._chance.choice(forms).format(e=_event_name(event[0]))
            # What is asked for is the pattern's one group.
            yield answered(question, passage, match.span(1))
            if bare := replaced(passage, match.span(1)):
                yield unanswered(question, Passage(bare.context, pattern.sub("", bare.text)))

    def acronyms(self, passage: Passage) -> Iterator[Example]:
        """What an acronym stands for."""
        text = passage.text
        for match in _TOLD["acronym"].finditer(text):
            words = [word for word in re.finditer(r"\S+", match["full"]) if word[0][0].isupper()]
            initials = "".join(word[0][0] for word in words)
            short = match["short"]
            if len(short) < 2 or short.upper() not in (initials, initials[-len(short) :]):
                continue
            start = match.start("full") + words[len(words) - len(short)].start()
            question = self._chance.choice(_ACRONYMS).format(s=short)
            yield answered(question, passage, (start, match.end("full")))
            bare = text.replace(text[start : match.end("full")] + " (", "(", 1)
            yield unanswered(question, Passage(passage.context, bare))

    def _pairs(self, kind: str, event: str, other: str | None, passage: Passage, told: Span) -> Iterator[Example]:
        """The question with both labels; and another event, or one elsewhere, of which the passage says nothing."""
        question = self._ask(kind, event)
        yield answered(question, passage, _without_on_day(passage.text, told))
        pattern = _DATE if kind == "when" else _PLACE
        if (bare := replaced(passage, told)) and not pattern.search(bare.text):
            yield unanswered(question, bare)
        if other and self._chance.random() < 0.6:
            region = self._chance.choice(self._regions)
            yield unanswered(self._ask(kind, f"{other} {region}"), passage)
        if self._chance.random() < 0.3:
            yield unanswered(self._ask(kind, f"{event} {self._chance.choice(self._regions)}"), passage)

    def _ask(self, kind: str, event: str) -> str:
        words = event.split()
        english = _IN_ENGLISH.get(" ".join(words[:2]).casefold()) or _IN_ENGLISH.get(words[0].casefold())
        if english and self._chance.random() < 0.15:
            rest = event.split(" ", 2)[-1] if len(words) > 2 else ""
            return f"{kind.capitalize()} was the {rest} {english} held?".replace("  ", " ")
        return self._chance.choice(_ASK[kind]).format(e=event)


def _event_name(printed: str) -> str:
    return _EVENT_ENDS.sub("", printed).strip(" -/")


def _words_behind(text: str, position: int) -> str:
    match = _WORDS_BEHIND.match(text, position)
    return _EVENT_ENDS.sub("", match[0]).strip() if match else ""


def _words_before(text: str, position: int) -> str:
    match = _WORDS_BEFORE.search(text[:position])
    return " ".join(word for word in match[1].split() if word.casefold() not in _NO_TOPIC) if match else ""


def _without_on_day(text: str, span: Span) -> Span:
    lead = _ON_DAY.match(text, *span)
    return lead.end() if lead else span[0], span[1]
