"""No text, however it was made, keeps a pattern or a finder busy: time grows as the text does.

Patterns and finders are collected from every module, so that a new one is under this law at once.
"""

import ast
import builtins
import gc
import importlib
import inspect
import pkgutil
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from functools import cache, partial
from math import inf
from pathlib import Path
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any, NamedTuple

import pytest

import bot
import embeddings
from bot.texts import INDONESIAN, Texts
from embeddings import Article, Period, Quote, StoreUnusable
from embeddings.fetching.failures import FetchFailed
from embeddings.indonesian.sentences import split_sentences
from embeddings.passages import TokenCounter
from embeddings.question.context import Context
from embeddings.question.correct import Vocabulary
from embeddings.question.expects import Expects
from embeddings.question.query import Query, parse_question
from embeddings.sources.origin import Origin
from embeddings.sources.refusals import OnRemark
from embeddings.topics.meetings.levels import Mention
from embeddings.topics.officials.grammar import Official
from embeddings.topics.officials.offices import Office
from tests.conftest import ROOT, SEEDS, EveryWord, understood

SHORT, LONG, LONGEST = 4_000, 20_000, 200_000
MOST_SECONDS = 3.0
# What need not be felt: even growing with the square, what takes less of LONG stays below this for LONGEST.
FELT_SECONDS = 0.3
# Linear growth is 5 and 10, growth with the square 25 and 100.
MOST_GROWTH_TO_LONG, MOST_GROWTH_TO_LONGEST = 10, 35
# A longer list of words is repeated as a whole.
MOST_WORDS = 3


class TooLong(Exception):
    """It was cut off."""


def seconds(of: Callable[[str], object], text: str) -> float:
    """Seconds of this thread's own work, that of others not counted; infinite where it was cut off.

    While a timer runs, the clock of the whole process goes on in steps of some milliseconds.
    """
    signal.signal(signal.SIGPROF, cut_off)
    signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
    # What a shorter or an earlier run left behind would make this one look fast.
    split_sentences.cache_clear()
    # Its runs grow with all that the tests hold.
    gc.disable()
    begin = time.thread_time()
    try:
        of(text)
        return time.thread_time() - begin
    except TooLong:
        return inf
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        gc.enable()


def cut_off(number: int, frame: object) -> None:
    # Python's patterns, too, look for signals now and then.
    raise TooLong


class Repeated(NamedTuple):
    """A word that is repeated behind another."""

    before: str
    word: str

    def text(self, size: int) -> str:
        """The word as often as it fits, and what no pattern wants to see at the end."""
        return self.before + self.word * (size // len(self.word)) + "\0"


def complaints(of: Callable[[str], object], fed: Iterable[Repeated]) -> list[str]:
    """What is fed and takes too long, or longer than in proportion; every word is fed, the suspicious most."""
    felt: dict[Repeated, tuple[float, float]] = {}
    for word in fed:
        long = seconds(of, word.text(LONG))
        if long == inf:
            return [f"{word.before!r} and {word.word!r} again and again: no end within {LONG:,} characters"]
        if long * (LONGEST / LONG) ** 2 > FELT_SECONDS:
            felt[word] = seconds(of, word.text(SHORT)), long
    suspicious = {word for word, (short, long) in felt.items() if long > MOST_GROWTH_TO_LONG * short}
    slowest = max(felt, key=lambda word: felt[word][1], default=None)
    found = []
    for word in sorted(suspicious | ({slowest} if slowest else set())):
        long, longest = felt[word][1], seconds(of, word.text(LONGEST))
        if longest > FELT_SECONDS and longest > min(MOST_SECONDS, MOST_GROWTH_TO_LONGEST * long):
            times = f"{long:.3f} s for {LONG:,} characters, {longest:.2f} s for {LONGEST:,}"
            found.append(f"{word.before!r} and {word.word!r} again and again: {times}")
    return found


@cache
def modules() -> tuple[ModuleType, ...]:
    return tuple(
        importlib.import_module(info.name)
        for package in (embeddings, bot)
        for info in pkgutil.walk_packages(package.__path__, package.__name__ + ".")
    )


# --- patterns -------------------------------------------------------------------------------------------------

METHODS: dict[str, Callable[[re.Pattern[str], str], object]] = {
    "match": lambda pattern, text: pattern.match(text),
    "fullmatch": lambda pattern, text: pattern.fullmatch(text),
    # As findall, sub and split do, and as search does where nothing is found.
    "search": lambda pattern, text: sum(1 for _ in pattern.finditer(text)),
}
SEARCHING = ("search", "finditer", "findall", "sub", "subn", "split")


class Usage(ast.NodeVisitor):
    """What a module calls on which name, and the calls of `re` in its functions."""

    def __init__(self, module: ModuleType) -> None:
        self.methods: defaultdict[str, set[str]] = defaultdict(set)
        self.calls: list[ast.Call] = []
        assert module.__file__ is not None
        self.visit(ast.parse(Path(module.__file__).read_text(encoding="utf-8")))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        inner = [part for part in ast.walk(node) if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute)]
        self.calls += [call for call in inner if ast.unparse(call).startswith("re.") and owner_of(call) == "re"]
        # "for pattern in _ASKED": what is called on the one is called on each of the others.
        for loop in (part for part in ast.walk(node) if isinstance(part, ast.For | ast.comprehension)):
            members = {name.id for name in ast.walk(loop.target) if isinstance(name, ast.Name)}
            called = {method_of(call) for call in inner if owner_of(call) in members}
            for container in (name.id for name in ast.walk(loop.iter) if isinstance(name, ast.Name)):
                self.methods[container] |= called
        self.generic_visit(node)

    visit_AsyncFunctionDef = visit_FunctionDef  # type: ignore[assignment]  # noqa: N815

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Attribute):
            self.methods[owner_of(node)].add(method_of(node))
        self.generic_visit(node)


def owner_of(call: ast.Call) -> str:
    assert isinstance(call.func, ast.Attribute)
    return ast.unparse(call.func.value).rpartition(".")[2]


def method_of(call: ast.Call) -> str:
    assert isinstance(call.func, ast.Attribute)
    return "search" if call.func.attr in SEARCHING else call.func.attr


class AnyWord(str):
    """What is only known when a function runs, and whatever of it is asked for."""

    def __getattr__(self, name: str) -> "AnyWord":
        return self


class Names(dict[str, Any]):
    """A module's names; one that is only known when its function runs stands for a word."""

    def __missing__(self, name: str) -> Any:
        return getattr(builtins, name, AnyWord("contoh"))


def written(call: ast.Call, module: ModuleType) -> Iterator[tuple[re.Pattern[str], str]]:
    """The pattern that stands in a call of `re`, and the method it is used with."""
    method = method_of(call)
    if method not in (*METHODS, "compile"):
        return
    flags = [argument for argument in call.args[1:] if "re." in ast.unparse(argument)]
    arguments = [
        eval(compile(ast.Expression(argument), module.__name__, "eval"), vars(module), Names(vars(module)))
        for argument in (call.args[0], *flags)
    ]
    yield re.compile(*arguments), method


def compiled(value: object) -> Iterator[re.Pattern[str]]:
    """The patterns in a module's value."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        yield from compiled((*value, *value.values()))
    elif isinstance(value, list | tuple | set | frozenset):
        for part in value:
            yield from compiled(part)


@cache
def patterns() -> dict[re.Pattern[str], tuple[str, set[str]]]:
    """Every pattern of the program with its place and the methods that it is used with; all where nothing tells."""
    usages = {module: Usage(module) for module in modules()}
    found: dict[re.Pattern[str], tuple[str, set[str]]] = {}
    for module in usages:
        # A name of its own tells more of a pattern's use than the file of patterns that it was read from.
        by_name = sorted(vars(module).items(), key=lambda item: not isinstance(item[1], re.Pattern))
        for name, value in by_name:
            methods = {method for usage in usages.values() for method in usage.methods[name] if method in METHODS}
            for pattern in compiled(value):
                found.setdefault(pattern, (f"{module.__name__}.{name}", methods or set(METHODS)))
    for module, usage in usages.items():
        for call in usage.calls:
            for pattern, method in written(call, module):
                methods = set(METHODS) if method == "compile" else {method}
                found.setdefault(pattern, (f"{module.__name__}, line {call.lineno}", methods))
    return found


REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)
PARTS: dict[Any, Callable[[Any], Sequence[Any]]] = {
    sre.BRANCH: lambda value: value[1],
    sre.SUBPATTERN: lambda value: [value[3]],
    sre.ATOMIC_GROUP: lambda value: [value],
    sre.ASSERT: lambda value: [value[1]],
    sre.ASSERT_NOT: lambda value: [value[1]],
    **{repeat: lambda value: [value[2]] for repeat in REPEATS},
}
CATEGORIES = {
    sre.CATEGORY_DIGIT: r"\d", sre.CATEGORY_NOT_DIGIT: r"\D", sre.CATEGORY_SPACE: r"\s",
    sre.CATEGORY_NOT_SPACE: r"\S", sre.CATEGORY_WORD: r"\w", sre.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip


MARKS = ("a", "A", "1", " ", "\n", "(", ",", ".")


def is_one_of(character: str, allowed: Sequence[Any]) -> bool:
    """Whether a set such as [^\\W_] holds a character, as Python's own parser understands the set."""
    held: dict[Any, Callable[[Any], bool]] = {
        sre.LITERAL: lambda value: ord(character) == value,
        sre.RANGE: lambda value: value[0] <= ord(character) <= value[1],
        sre.CATEGORY: lambda value: re.match(CATEGORIES[value], character) is not None,
        sre.NEGATE: lambda value: False,
    }
    return any(held[kind](value) for kind, value in allowed) is not (allowed[0][0] is sre.NEGATE)


def spelt(tree: Iterable[Any]) -> str:
    """Words that a pattern matches: the first of several, and each loop once."""
    words = ""
    for kind, value in tree:
        if kind is sre.LITERAL:
            words += chr(value)
        elif kind is sre.IN:
            own = [
                chr(of if isinstance(of, int) else of[0]) for named, of in value if named in (sre.LITERAL, sre.RANGE)
            ]
            words += next(one for one in ("a", "A", *map(chr, range(32, 0x2100)), *own, "\n") if is_one_of(one, value))
        elif kind in (sre.ANY, sre.NOT_LITERAL):
            words += "a"
        elif kind in PARTS and kind not in (sre.ASSERT, sre.ASSERT_NOT):
            words += spelt(PARTS[kind](value)[0])
    return words


def repetitions(tree: Iterable[Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Each loop of a pattern, each of its words and each long list of words, behind what has to stand before it."""
    for kind, value in tree:
        parts = PARTS[kind](value) if kind in PARTS else ()
        words = [spelt(part) for part in parts]
        yield from ((before, word) for word in ([" ".join(words)] if len(words) > MOST_WORDS else words))
        for part in parts:
            yield from repetitions(part, before)
        before += spelt([(kind, value)])


def own_words(pattern: re.Pattern[str]) -> Iterator[Repeated]:
    """What to repeat, so that a pattern has as much to try as it can have."""
    tree = parser.parse(pattern.pattern, pattern.flags)
    found = {("", spelt(tree)), *repetitions(tree), *(("", mark) for mark in MARKS)}
    spaced = {(before, f"{word.strip()} ") for before, word in found}
    yield from (Repeated(before, word) for before, word in sorted(found | spaced) if word)


@pytest.mark.slow
def test_every_pattern_takes_time_in_proportion_to_its_text() -> None:
    assert len(patterns()) > 100
    slow = [
        f"{place}, {method}, {complaint}"
        for pattern, (place, methods) in patterns().items()
        for method in sorted(methods)
        for complaint in complaints(partial(METHODS[method], pattern), own_words(pattern))
    ]
    assert not slow, "\n".join(slow)


# --- finders --------------------------------------------------------------------------------------------------

ORDINARY = "Camat Sungai Raya, Ogan Amrin, membuka rapat koordinasi di Aula Kecamatan, Senin (17/7/2023)."


def article(text: str) -> Article:
    return Article("hostile", text, published="2023-07-20")


def count_tokens(texts: Sequence[str]) -> list[int]:
    return [len(text) // 4 + 1 for text in texts]


# What a text is to a finder.
MADE_OF_TEXT: dict[object, Callable[[str], object]] = {
    str: lambda text: text,
    list[str]: str.split,
    Sequence[str]: str.split,
    Article: article,
    Quote: lambda text: Quote(article(text), len(text) // 2, len(text) // 2 + 1, None, 1.0),
}
# What else finders are given.
GIVEN: dict[object, object] = {
    int: 100,
    float: 0.5,
    tuple[int, int]: (0, 10),
    tuple[int, int] | None: None,
    Collection[str]: {"sungai raya"},
    Sequence[Any]: (),
    Sequence[Office]: (),
    Official: Official((20, 25), (0, 18), "kepala dinas sosial", "", True, False),
    Sequence[Official]: (),
    Sequence[Mention]: (),
    bool: True,
    Expects | None: Expects.NUMBER,
    Vocabulary: EveryWord(),
    Context: Context(understood("kapan rakor di Desa Betung, Sungai Raya?"), article(ORDINARY)),
    date: date(2024, 3, 5),
    set[str]: {"sungai raya"},
    tuple[int, ...]: (2022, 2023),
    Iterable[tuple[str, int]]: [("banyuasin", 1)],
    str | None: "2023-07-20",
    Period | None: Period("2023-07-01", "2023-07-31", (0, 3)),
    Query: parse_question(ORDINARY),
    TokenCounter: count_tokens,
    Texts: INDONESIAN,
    Sequence[Quote]: (),
    Sequence[int]: (10, 20),
    bytes: ORDINARY.encode(),
    Origin: Origin("hostile", "hostile"),
    OnRemark: lambda remark: None,
}
NO_FINDERS = {
    "embeddings.indonesian.dates.month_number": "the name of a month, as a pattern has found it",
    "bot.cards.article_of_key": "looks up a key of a known length",
    "bot.cards.reaction_buttons": "its token has 16 letters, and it draws buttons alone",
    "embeddings.fetching.connection.resolve": "asks the resolver for the name of a host that was bounded before",
    "embeddings.indexing.sync.index_pages": "fetches; what its addresses are held against is here, too",
    "embeddings.indexing.sharing.sharing": "connects to the operator's own database",
    "embeddings.indexing.sharing.help_encoding": "connects to the operator's own database, and does not end",
    "bot.application.build_application": "makes the bot, from its token",
    "bot.server.bind": "opens sockets at the operator's own setting",
    "bot.console.fail": "ends the program with a message of its own",
    "bot.cards.answer_card": "its token has 16 letters; the texts of its quotes are those of quote_block",
}
NO_TEXTS: dict[str, str] = {}
# They read what the makers of the model and of the word lists chose.
AT_THE_DESK = ("embeddings.training", "embeddings.evaluation", "embeddings.indonesian.lexicon")


@cache
def finders() -> dict[str, Callable[..., object]]:
    """Every public function whose first argument is a text, or made of one, and the like methods of what is given."""
    found = {
        f"{module.__name__}.{name}": function
        for module in modules()
        if not module.__name__.startswith(AT_THE_DESK)
        for name, function in vars(module).items()
        if getattr(function, "__module__", None) == module.__name__ and takes_text(name, function)
    }
    for value in GIVEN.values():
        if type(value).__module__.startswith("embeddings"):
            methods = ((name, getattr(value, name)) for name in vars(type(value)))
            found |= {f"{type(value).__name__}.{name}": method for name, method in methods if takes_text(name, method)}
    return {name: function for name, function in found.items() if name not in NO_FINDERS}


def takes_text(name: str, function: object) -> bool:
    if name.startswith("_") or not inspect.isroutine(inspect.unwrap(function)):  # type: ignore[arg-type]
        return False
    first = next(iter(inspect.signature(function).parameters.values()), None)  # type: ignore[arg-type]
    return first is not None and first.annotation in MADE_OF_TEXT


def calls(place: str, function: Callable[..., object]) -> Iterator[Callable[[str], object]]:
    """The function of each of the texts it is given, the others being ordinary."""
    needed = {
        parameter.name: parameter
        for parameter in inspect.signature(function).parameters.values()
        if parameter.default is parameter.empty
    }
    ordinary = {
        name: MADE_OF_TEXT[of.annotation](ORDINARY) if of.annotation in MADE_OF_TEXT else GIVEN[of.annotation]
        for name, of in needed.items()
    }
    texts = (name for name, of in needed.items() if of.annotation in MADE_OF_TEXT)
    for name in (name for name in texts if f"{place}, {name}" not in NO_TEXTS):
        yield partial(called_with, function, name, ordinary)


def called_with(function: Callable[..., object], name: str, given: dict[str, Any], text: str) -> None:
    first, *others = inspect.signature(function).parameters.values()
    given = given | {name: MADE_OF_TEXT[inspect.signature(function).parameters[name].annotation](text)}
    positional = [
        given.pop(one.name) for one in (first, *others) if one.kind is not one.KEYWORD_ONLY and one.name in given
    ]
    # To refuse a text is an answer, too.
    with suppress(ValueError, FetchFailed, StoreUnusable):
        found = function(*positional, **given)
        if isinstance(found, Iterator):
            list(found)


# What was seen to keep the bot busy.
SEEN = (
    "Kepala ", "Camat Sungai Raya, ", "rapat setiap Senin ", "head of ", "Dr. ", "S.Sos., ", "Bupati Askolani. ",
    "Ogan Amrin, Camat Sungai Raya, ", "Sekretaris partai ", "Kades ", "Inspektur ", "rapat dinas umum ", "(DMD) ",
    "Kecamatan Rambutan ", "Bupati dan Wakil Bupati Banyuasin Ogan Amrin dan Budi Santoso. ", "A. ", "a\n", ". ",
    "“", "[", "<", "'", '"', "\u0301",
)  # fmt: skip

SEEN_BEHIND = (Repeated("Bagikan", " x"), Repeated("halo", " bot"))


@cache
def hostile_words(module: str) -> set[Repeated]:
    """What was seen, and what each of a module's own patterns matches."""
    own = (
        spelt(parser.parse(pattern.pattern, pattern.flags))
        for pattern, (where, _) in patterns().items()
        if where.startswith(module)
    )
    return {Repeated("", word) for word in (*SEEN, *MARKS, *(f"{word} " for word in own))} | set(SEEN_BEHIND)


@pytest.mark.slow
@pytest.mark.parametrize("name", finders())
def test_every_finder_takes_time_in_proportion_to_its_text(name: str) -> None:
    slow = [
        complaint
        for finder in calls(name, finders()[name])
        for complaint in complaints(finder, sorted(hostile_words(name.rpartition(".")[0])))
    ]
    assert not slow, "\n".join(slow)


# --- the whole way --------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_hostile_articles_beside_a_good_one_are_indexed_in_seconds(tmp_path: Path, other_model: Path) -> None:
    hostile = [Repeated("", word) for word in (*SEEN[:4], "“Rapat ")] + [*SEEN_BEHIND]
    for number, word in enumerate(hostile):
        text = f"Rapat digelar di Sungai Raya.\n{word.text(LONGEST)}\n".replace("\0", "a")
        (tmp_path / f"hostile{number}.txt").write_text(text, encoding="utf-8")
    shutil.copy(SEEDS / "antara-rakor-sungai-raya.md", tmp_path)
    # Its encoder takes no time, so that what is left is finding and storing.
    (tmp_path / "config.toml").write_text(f'[articles]\npaths = []\n[encoder]\nmodel = "{other_model}"\n')
    command = [sys.executable, "-m", "bot", "index", str(tmp_path), "--data", str(tmp_path / "data")]
    indexed = subprocess.run(
        [*command, "--config", str(tmp_path / "config.toml")],
        cwd=ROOT, capture_output=True, text=True, timeout=240, check=True,
    )  # fmt: skip
    assert f"{len(hostile) + 1} added" in indexed.stderr
