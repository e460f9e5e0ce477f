"""What a search server does to questions and to whoever fills it, above all when it is away or answers nonsense."""

import gzip
import logging
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest

from bot.config import Config
from bot.doctor import checks
from bot.redaction import Redaction
from embeddings import (
    SEARCH_KEY_VARIABLE,
    Article,
    Encoder,
    KnowledgeBase,
    KnowledgeSettings,
    SearchSettings,
    SettingsError,
    Store,
    StoreUnreachable,
    StoreUnusable,
)
from embeddings.answers.reader import Reader
from embeddings.filter import Filter
from embeddings.indonesian.words import stem_words
from embeddings.search import filling, server
from embeddings.search.bm25 import dimension
from embeddings.search.collection import Collection, nearest
from embeddings.search.filling import Filling, position_of
from embeddings.search.qdrant import QdrantIndexes
from embeddings.search.server import Server
from embeddings.storage.facts import Fact, Findings
from embeddings.storage.passages import Watermark
from embeddings.storage.store import FILE_NAME
from tests.bot_process import running_bot
from tests.qdrant_server import (
    REFERENCE,
    Answering,
    Fault,
    Qdrant,
    conforms,
    failing,
    half_a_body,
    no_json,
    slow,
)
from tests.test_search_conformance import DIMENSION, embedding, save

QUESTION = "kapan jembatan Mekar Jaya diresmikan?"
ARTICLES = [
    Article("satu", "Jembatan Mekar Jaya diresmikan Bupati hari Senin."),
    Article("dua", "Pasar Lebung dibuka kembali pada bulan Mei."),
]


@pytest.fixture
def qdrant() -> Iterator[Qdrant]:
    qdrant = Qdrant()
    yield qdrant
    qdrant.close()


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_PAUSES", (0.01,))
    monkeypatch.setattr(server, "_PATIENT_PAUSES", (0.01, 0.01, 0.01))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / FILE_NAME)
    store._database.execute("PRAGMA synchronous = OFF")
    for number in range(10):
        save(store, number)
    return store


def opened(store: Store, qdrant: Qdrant, model: str = "model") -> QdrantIndexes:
    return QdrantIndexes(store, Server(qdrant.url), model, DIMENSION)


def filled(store: Store, qdrant: Qdrant) -> QdrantIndexes:
    indexes = opened(store, qdrant)
    indexes.catch_up()
    return indexes


def asking(folder: Path, qdrant: Qdrant, encoder: Encoder, reader: Reader | None = None) -> KnowledgeBase:
    settings = KnowledgeSettings(search=SearchSettings(qdrant.url))
    return KnowledgeBase(folder, settings, encoder=encoder, reader=reader)


def test_whoever_stores_lets_it_be_searched_and_every_bot_finds_it(
    tmp_path: Path, qdrant: Qdrant, encoder: Encoder, reader: Reader
) -> None:
    indexing, bots = asking(tmp_path, qdrant, encoder), [asking(tmp_path, qdrant, encoder, reader) for _ in range(2)]
    for bot in bots:
        assert not bot.answer(QUESTION).answered
    indexing.add(ARTICLES)
    for bot in bots:
        with pytest.raises(StoreUnreachable, match="answers once it has all"):
            bot.answer(QUESTION)
        assert bot.next_article(0) is None
    indexing.catch_up()
    for bot in bots:
        assert bot.answer(QUESTION).quotes[0].article.id == "satu"
        assert bot.next_article(0) == (1, "satu")
    indexing.add([Article("tiga", "Jembatan Sungai Lilin diresmikan Wakil Bupati hari Kamis.")])
    # What was taken in before is answered from.
    assert bots[0].answer(QUESTION).quotes[0].article.id == "satu"
    indexing.catch_up()
    assert bots[0].answer("siapa yang meresmikan jembatan Sungai Lilin?").quotes[0].article.id == "tiga"
    assert not any(path.name in ("dense", "lexical") for path in tmp_path.iterdir())


@pytest.mark.parametrize(
    ("request_", "body", "conforming"),
    [
        ("POST /points/count", {"exact": True}, True),
        ("POST /points/count", {"exact": 1}, False),
        ("POST /points/count", {"exact": True, "exactly": True}, False),
        ("POST /points/delete", {"ids": [1]}, False),
        ("POST /points/query/batch", {"searches": [nearest([0.5], 3, Filter(first="2025-01-01"))]}, True),
        ("POST /points/query/batch", {"searches": [{"query": "pasar"}]}, False),
        ("PUT", {"vectors": {"dense": {"size": 3, "distance": "dot"}}}, False),
        ("PUT", {"vectors": {"dense": {"distance": "Dot"}}}, False),
    ],
)
def test_the_stand_in_takes_what_the_reference_of_qdrant_has_and_nothing_else(
    request_: str, body: object, conforming: bool
) -> None:
    sent = msgspec.json.decode(msgspec.json.encode(body))
    assert conforms(sent, REFERENCE["requests"][request_]) == conforming


def test_a_start_with_a_server_does_not_read_which_article_each_passage_is_of(
    tmp_path: Path, qdrant: Qdrant, encoder: Encoder, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking(tmp_path, qdrant, encoder).add(ARTICLES)
    asking(tmp_path, qdrant, encoder).catch_up()
    monkeypatch.setattr(Store, "article_of_passages", lambda store: pytest.fail("read"))
    bot = asking(tmp_path, qdrant, encoder, reader)
    bot.open()
    bot.answer(f"{QUESTION[:-1]} pada 2026?")
    assert bot.answer(QUESTION).answered


def test_a_question_asks_nothing_twice_and_changes_nothing(store: Store, qdrant: Qdrant) -> None:
    indexes = filled(store, qdrant)
    qdrant.requests.clear()
    for _ in range(2):
        indexes.refresh()
        indexes.search(embedding(1), stem_words("pasar jalan"), 5)
        indexes.frequencies(stem_words("pasar jalan"))
        indexes.holds("pasar")
    assert {path.rpartition("points")[2] for _, path in qdrant.requests} == {"/query/batch"}
    assert len(qdrant.requests) <= 5


@pytest.mark.parametrize("fault", [failing(500), failing(503), failing(429), half_a_body, no_json])
def test_a_server_that_fails_once_is_asked_again(store: Store, qdrant: Qdrant, fault: object) -> None:
    indexes = filled(store, qdrant)
    expected = indexes.search(embedding(1), ["pasar"], 5)
    qdrant.faults[:] = [fault]  # type: ignore[list-item]
    assert indexes.search(embedding(1), ["pasar"], 5) == expected
    store.remove("a1")
    qdrant.faults[:] = [fault, lambda answering: False, fault, fault]  # type: ignore[list-item]
    indexes.catch_up()
    assert len(indexes) == 27


@pytest.mark.parametrize("fault", [failing(500), failing(503), half_a_body, no_json])
def test_a_server_that_keeps_failing_answers_no_question_wrongly(store: Store, qdrant: Qdrant, fault: object) -> None:
    indexes = filled(store, qdrant)
    for ask in (
        lambda: indexes.search(embedding(1), ["pasar"], 5),
        lambda: indexes.frequencies(["sawah"]),
        lambda: indexes.holds("taman"),
        lambda: indexes.nearest_word("jembtan"),
        lambda: indexes.behind(),
    ):
        qdrant.faults[:] = [fault] * 2  # type: ignore[list-item]
        with pytest.raises(StoreUnreachable, match=qdrant.url):
            ask()


def result(content: str) -> Fault:
    def fault(answering: Answering) -> bool:
        answering.send(200, b'{"result": %s, "status": "ok"}' % content.encode())
        return True

    return fault


def packed(answering: Answering) -> bool:
    content = gzip.compress(b'{"result": [' + b" " * 10_000_000 + b"]}")
    answering.send_response(200)
    answering.send_header("content-encoding", "gzip")
    answering.send_header("content-length", str(len(content)))
    answering.end_headers()
    answering.wfile.write(content)
    return True


def endless(answering: Answering) -> bool:
    answering.send_response(200)
    answering.send_header("content-length", str(10**12))
    answering.end_headers()
    with suppress(OSError):
        while True:
            answering.wfile.write(b" " * 1_000_000)
    answering.close_connection = True
    return True


# In the place of the answer to two searches.
NONSENSE = [
    packed,
    endless,
    result("[]"),
    result('[{"points": []}]'),
    result('[{"points": []}, {"points": []}, {"points": []}]'),
    result('[{"points": [{"id": 1, "score": NaN}]}, {"points": []}]'),
    result('[{"points": [{"id": 1, "score": 1e300}]}, {"points": []}]'),
    result('[{"points": [{"id": 99999999999999999999, "score": 0.5}]}, {"points": []}]'),
    result('[{"points": [{"id": "d9e8c0d6", "score": 0.5}]}, {"points": []}]'),
    result('{"points": null}'),
]
# In the place of the passage that is most about "pasar".
WEIGHTLESS = [
    '{"id": 1, "score": 2.5}',
    '{"id": 1, "score": 2.5, "vector": {"stems": {"indices": [], "values": []}}}',
    '{"id": 1, "score": 2.5, "vector": {"stems": {"indices": [DIMENSION], "values": []}}}',
    '{"id": 1, "score": 2.5, "vector": {"stems": {"indices": [DIMENSION], "values": [0.0]}}}',
    '{"id": 1, "score": 900000, "vector": {"stems": {"indices": [DIMENSION], "values": [0.5]}}}',
]


def test_what_no_qdrant_answers_is_said_and_answers_no_question(store: Store, qdrant: Qdrant) -> None:
    indexes = filled(store, qdrant)
    for fault in NONSENSE:
        qdrant.faults[:] = [fault] * 2
        with pytest.raises(StoreUnreachable, match=qdrant.url):
            indexes.search(embedding(1), ["pasar"], 5)
    for best in WEIGHTLESS:
        qdrant.faults[:] = [result(f'[{{"points": [{best.replace("DIMENSION", str(dimension("pasar")))}]}}]')]
        with pytest.raises(StoreUnreachable, match=rf"{qdrant.url} does not say how much a word weighs"):
            indexes.frequencies(["pasar"])
    for count in ("-1", "1e30", '"many"'):
        qdrant.faults[:] = [result(f'{{"count": {count}}}')] * 2
        with pytest.raises(StoreUnreachable, match=qdrant.url):
            indexes.behind()


def test_ids_that_are_not_in_the_store_and_more_than_were_asked_for_are_left_out(store: Store, qdrant: Qdrant) -> None:
    indexes = filled(store, qdrant)
    points = ", ".join(f'{{"id": {id}, "score": 0.5}}' for id in range(9_000, 9_500))
    qdrant.faults[:] = [result(f'[{{"points": [{points}]}}, {{"points": [{points}]}}]')]
    found = indexes.search(embedding(1), ["pasar"], 5)
    assert len(found.dense) == len(found.lexical) == 5 and store.passages(list(found.dense)) == {}


def test_the_key_goes_nowhere_else(store: Store, qdrant: Qdrant, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = Qdrant()

    def redirect(answering: Answering) -> bool:
        answering.send_response(307)
        answering.send_header("location", f"{elsewhere.url}/collections")
        answering.send_header("content-length", "0")
        answering.end_headers()
        return True

    monkeypatch.setenv(SEARCH_KEY_VARIABLE, "geheim-4711")
    indexes = filled(store, qdrant)
    qdrant.faults[:] = [redirect]
    with pytest.raises(StoreUnusable, match="refuses what it is asked, with 307"):
        indexes.search(embedding(1), ["pasar"], 5)
    assert elsewhere.requests == []
    elsewhere.close()


@pytest.mark.parametrize("url", ["http://..", "http://xn--", "http://[::1", "http://h:port", "http://localhost:99999"])
def test_an_address_that_leads_nowhere_is_told(store: Store, url: str) -> None:
    indexes = QdrantIndexes(store, Server(url), "model", DIMENSION)
    with pytest.raises(StoreUnreachable, match="cannot be reached"):
        indexes._collection.count(patient=False)


def test_a_server_that_is_away_is_told_with_its_address_and_asked_again_once_it_is_back(
    store: Store, qdrant: Qdrant
) -> None:
    indexes = filled(store, qdrant)
    qdrant.stop()
    with pytest.raises(StoreUnreachable, match=rf"{qdrant.url} cannot be reached .*ConnectError.*\[search\]"):
        indexes.search(embedding(1), ["pasar"], 5)
    save(store, 20)
    with pytest.raises(StoreUnreachable):
        indexes.catch_up()
    qdrant.start()
    assert len(indexes.search(embedding(1), ["pasar"], 5).dense) >= 5
    indexes.catch_up()
    assert len(indexes) == 33


def test_a_question_does_not_wait_long_for_a_slow_server(
    store: Store, qdrant: Qdrant, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexes = filled(store, qdrant)
    monkeypatch.setattr(server, "_QUESTION", 0.2)
    qdrant.faults[:] = [slow(1)] * 2
    begin = time.monotonic()
    with pytest.raises(StoreUnreachable, match="ReadTimeout"):
        indexes.search(embedding(1), ["pasar"], 5)
    assert time.monotonic() - begin < 1


@pytest.mark.parametrize("after", range(0, 7, 2))
def test_a_filling_that_was_stopped_is_gone_on_with(
    store: Store, qdrant: Qdrant, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    monkeypatch.setattr(filling, "_AT_ONCE", 7)
    indexes = opened(store, qdrant)
    left = iter(range(after + 12))

    def stop_after_some(method: str, path: str) -> None:
        if next(left, None) is None:
            raise RuntimeError("killed")

    qdrant.before = stop_after_some
    with pytest.raises(StoreUnusable):
        indexes.catch_up()
    qdrant.before = lambda method, path: None
    indexes.refresh()
    with pytest.raises(StoreUnreachable, match="answers once it has all"):
        indexes.search(embedding(1), ["pasar"], 5)
    store.remove("a3")
    indexes = filled(store, qdrant)
    assert len(indexes) == 27 and indexes.behind() == 0
    assert len(indexes.search(embedding(1), [], 50).dense) == 27


def test_what_is_removed_and_added_while_it_is_read_is_taken_in(
    store: Store, qdrant: Qdrant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "_AT_ONCE", 7)
    other = Store(store.engine.path)
    numbers = iter(range(10))

    def meanwhile(method: str, path: str) -> None:
        if (method, path.rpartition("/")[2]) == ("PUT", "points") and (number := next(numbers, None)) is not None:
            other.remove(f"a{number}")
            save(other, 100 + number)

    qdrant.before = meanwhile
    indexes = filled(store, qdrant)
    found = indexes.search(embedding(1), [], 50).dense.keys()
    assert store.passages(list(found)).keys() == found and len(found) == len(indexes) == 30


def test_a_collection_that_lost_passages_is_filled_anew(store: Store, qdrant: Qdrant) -> None:
    indexes = filled(store, qdrant)
    indexes._collection.remove([1, 2, 3])
    assert indexes.behind() == 3
    save(store, 20)
    indexes.catch_up()
    assert indexes.behind() == 0 and len(indexes.search(embedding(1), [], 50).dense) == 33


def test_a_collection_that_is_gone_says_so_and_is_filled_anew(store: Store, qdrant: Qdrant) -> None:
    indexes = filled(store, qdrant)
    qdrant.collections.clear()
    with pytest.raises(StoreUnreachable, match="wartabot index"):
        indexes.search(embedding(1), ["pasar"], 5)
    indexes.catch_up()
    assert len(indexes.search(embedding(1), [], 50).dense) == 30


def test_a_store_restored_from_a_backup_is_read_anew(store: Store, qdrant: Qdrant) -> None:
    indexes = filled(store, qdrant)
    read = position_of(store, indexes._collection)
    ahead = msgspec.structs.replace(read, read=Watermark(read.read.passage + 9, read.read.removal + 9))
    store.save_position(indexes._collection.name, msgspec.json.encode(ahead).decode())
    indexes.catch_up()
    assert position_of(store, indexes._collection) == read


@pytest.mark.parametrize("noted", ["", "{}", "no json", '{"whole": 3}', '{"read": {"passage": "x"}}'])
def test_a_position_that_cannot_be_read_is_begun_anew(store: Store, qdrant: Qdrant, noted: str) -> None:
    indexes = filled(store, qdrant)
    store.save_position(indexes._collection.name, noted)
    indexes.refresh()
    with pytest.raises(StoreUnreachable):
        len(indexes)
    indexes.catch_up()
    assert len(indexes) == 30


def test_another_model_has_a_collection_of_its_own(store: Store, qdrant: Qdrant) -> None:
    indexes, other = filled(store, qdrant), opened(store, qdrant, "another model")
    other.refresh()
    with pytest.raises(StoreUnreachable):
        other.search(embedding(1), [], 5)
    other.catch_up()
    assert len(qdrant.collections) == 4 and len(indexes) == len(other) == 30


def test_a_collection_of_another_dimension_refuses_and_the_operator_is_told(store: Store, qdrant: Qdrant) -> None:
    indexes = filled(store, qdrant)
    with pytest.raises(StoreUnusable, match=rf"{qdrant.url} refuses .*expected dim: 16, got 3"):
        indexes.search(embedding(1)[:3], ["pasar"], 5)


def test_what_finders_find_anew_reaches_the_filter(store: Store, qdrant: Qdrant) -> None:
    indexes = filled(store, qdrant)
    where = Filter(regions=("kubu raya",))
    assert not indexes.search(embedding(1), [], 5, where).dense
    region = Fact(frozenset({"region:kubu raya"}), b"{}")
    for article in list(store.articles()):
        for topic in filling.TOPICS:
            found = (region,) if (article.id, topic.name) == ("a3", "regions") else ()
            store.renew([(article, Findings(topic.name, topic.version, found))])
    qdrant.requests.clear()
    indexes.catch_up()
    assert indexes.search(embedding(1), [], 5, where).dense.keys() == set(store.passage_ids("a3"))
    assert not [path for method, path in qdrant.requests if method == "PUT"]


def test_the_key_is_sent_and_never_told(
    store: Store, qdrant: Qdrant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    qdrant.key = "geheim-4711"
    with pytest.raises(StoreUnusable, match=f"does not accept the key.*{SEARCH_KEY_VARIABLE}") as refused:
        filled(store, qdrant)
    monkeypatch.setenv(SEARCH_KEY_VARIABLE, "falsch-4711")
    with pytest.raises(StoreUnusable) as wrong:
        filled(store, qdrant)
    monkeypatch.setenv(SEARCH_KEY_VARIABLE, "geheim-4711\n")
    assert len(filled(store, qdrant)) == 30
    assert "4711" not in f"{refused.value}{wrong.value}{caplog.text}"
    assert Redaction({SEARCH_KEY_VARIABLE: "geheim-4711"})("api-key: geheim-4711") == "api-key: [redacted]"
    monkeypatch.setenv(SEARCH_KEY_VARIABLE, "zwei Wörter")
    with pytest.raises(SettingsError, match=SEARCH_KEY_VARIABLE):
        opened(store, qdrant)


@pytest.mark.parametrize("url", ["localhost:6333", "http://", "http://me:secret@host:6333", "http://a b", "ftp://host"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"search": {"url": url}}, Config)


def test_doctor_says_whether_the_server_answers_and_how_far_behind_it_is(
    tmp_path: Path, qdrant: Qdrant, encoder: Encoder
) -> None:
    data, config = tmp_path / "data", tmp_path / "config.toml"
    config.write_text(f'[search]\nurl = "{qdrant.url}"\n')
    knowledge = asking(data, qdrant, encoder)

    def said() -> tuple[bool, str]:
        return next((check.sound, check.finding) for check in checks(config, data, None) if check.name == "indexes")

    knowledge.add(ARTICLES)
    sound, finding = said()
    assert not sound and "answers once it has all" in finding and "wartabot index" in finding
    knowledge.catch_up()
    sound, finding = said()
    assert sound and qdrant.url in finding
    knowledge.add([Article("tiga", "Jalan Lebung diaspal.")])
    sound, finding = said()
    assert not sound and "1 passages" in finding and "wartabot index" in finding
    qdrant.stop()
    sound, finding = said()
    assert not sound and f"{qdrant.url} cannot be reached" in finding


def test_a_filling_that_began_before_another_had_ended_does_no_harm(store: Store, qdrant: Qdrant) -> None:
    indexes = filled(store, qdrant)
    save(store, 20)
    collection = Collection(Server(qdrant.url), store.identity, "model", DIMENSION)
    late = Filling(store, collection)
    indexes.catch_up()
    late.fill()
    assert len(indexes) == 33 and indexes.behind() == 0


@pytest.mark.slow
def test_while_the_server_is_away_people_are_told_to_try_again_and_then_they_are_answered(
    tmp_path: Path, qdrant: Qdrant
) -> None:
    question = "Apa yang disampaikan bupati kepada para camat?"
    with running_bot(tmp_path, further=f'[search]\nurl = "{qdrant.url}"\n') as bot:
        answered = bot.ask(question)["text"]
        assert "gangguan" not in answered
        qdrant.stop()
        assert bot.ask(question)["text"].startswith("Maaf, ada gangguan sehingga pertanyaan Anda belum terjawab.")
        bot.wait_for_log(f"{qdrant.url} cannot be reached")
        assert "Traceback" not in bot.log.read_text()
        qdrant.start()
        assert bot.ask(question)["text"] == answered
