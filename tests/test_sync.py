"""Articles from pages, feeds and sitemaps of real servers: each once, what changed anew, and nothing twice fetched."""

import gzip
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from embeddings import (
    Encoder,
    FetchSettings,
    IndexingUnderWay,
    KnowledgeBase,
    KnowledgeSettings,
    SourceHealth,
    SourceReport,
    SourceSettings,
    due_at,
)
from embeddings.answers.reader import Reader
from embeddings.fetching.fetcher import Fetcher
from embeddings.fetching.listings import feed_links, kind_of, sitemap_links
from embeddings.indexing.sync import sync_source
from tests.web_server import WebServer, article_page, feed, sitemap

FETCHING = FetchSettings(delay_seconds=0, max_seconds=2, loopback_for_tests=True)
DAY = "Wed, 20 May 2026 08:00:00 +0700"
OPENING = "Camat Rantau Bayur {name} membuka pasar murah di halaman kantor kecamatan pada Rabu pagi."
REST = (
    "Sebanyak 300 paket sembako disediakan bagi warga dari sebelas desa di kecamatan tersebut.",
    "Kegiatan itu berlangsung sampai sore dan dijaga oleh petugas dari Polsek setempat.",
)


@pytest.fixture
def web() -> Iterator[WebServer]:
    with WebServer().running() as server:
        yield server


@pytest.fixture
def knowledge(tmp_path: Path, encoder: Encoder, reader: Reader) -> KnowledgeBase:
    return KnowledgeBase(tmp_path / "data", KnowledgeSettings(fetching=FETCHING), encoder=encoder, reader=reader)


def add_article(web: WebServer, number: int, name: str = "Hasan Basri") -> str:
    """Put an article on the server; its address."""
    page = article_page(f"Pasar murah ke-{number} dibuka camat", OPENING.format(name=name), *REST)
    return web.add(f"/2026/05/pasar-murah-{number}", page)


def add_feed(web: WebServer, numbers: range, path: str = "/feed", date: str = DAY, **headers: str) -> str:
    items = [(add_article(web, number), f"Pasar murah ke-{number}", date) for number in numbers]
    return web.add(path, feed(*items), "application/rss+xml", **headers)


def sync(knowledge: KnowledgeBase, source: SourceSettings | str) -> SourceReport:
    source = SourceSettings(source) if isinstance(source, str) else source
    (report,) = knowledge.sync([source])
    return report


def counts(report: SourceReport) -> tuple[int, int, int, int]:
    """New, updated, unchanged and left."""
    return report.changes.added, report.changes.updated, report.changes.unchanged, report.left


def ids(knowledge: KnowledgeBase) -> list[str]:
    return sorted(article.id for article in knowledge.store.articles())


# --- pages, feeds, sitemaps -------------------------------------------------------------------------------------------


def test_the_articles_of_a_feed_are_stored_and_answer(web: WebServer, knowledge: KnowledgeBase) -> None:
    source = SourceSettings(add_feed(web, range(3)), outlet="Kabar Musi Rawas")
    assert counts(sync(knowledge, source)) == (3, 0, 0, 0)
    article = next(iter(knowledge.store.articles()))
    assert (article.source, article.published, article.path) == ("Kabar Musi Rawas", "2026-05-20", None)
    assert article.url in {f"{web.url}/2026/05/pasar-murah-{number}" for number in range(3)}
    answer = knowledge.answer("siapa camat rantau bayur?")
    assert "Hasan Basri" in answer.quotes[0].text


def test_what_is_stored_is_not_fetched_again_and_what_is_new_is(web: WebServer, knowledge: KnowledgeBase) -> None:
    url = add_feed(web, range(3))
    sync(knowledge, url)
    web.asked.clear()
    assert counts(sync(knowledge, url)) == (0, 0, 0, 0)
    assert web.paths() == ["/feed"]
    add_feed(web, range(1, 4))
    assert counts(sync(knowledge, url)) == (1, 0, 0, 0)
    assert web.paths() == ["/feed", "/feed", "/2026/05/pasar-murah-3"]
    assert len(ids(knowledge)) == 4


def test_an_article_whose_entry_changed_gets_a_new_version(web: WebServer, knowledge: KnowledgeBase) -> None:
    url = add_feed(web, range(2))
    sync(knowledge, url)
    before = ids(knowledge)
    item = (f"{web.url}/2026/05/pasar-murah-0", "Ralat: pasar murah ke-0", DAY)
    web.add("/feed", feed(item, (f"{web.url}/2026/05/pasar-murah-1", "Pasar murah ke-1", DAY)), "application/rss+xml")
    add_article(web, 0, name="Husin Hamzah")
    assert counts(sync(knowledge, url)) == (0, 1, 0, 0)
    assert ids(knowledge) == before
    assert "Husin Hamzah" in knowledge.answer("siapa camat rantau bayur?").quotes[0].text


def test_a_feed_that_has_not_changed_is_not_sent_again(web: WebServer, knowledge: KnowledgeBase) -> None:
    url = add_feed(web, range(2), ETag='"satu"')
    sync(knowledge, url)
    report = sync(knowledge, url)
    assert (report.unchanged_since, counts(report)) == (True, (0, 0, 0, 0))
    assert web.asked[-1].headers["if-none-match"] == '"satu"'


def test_only_so_many_are_fetched_in_a_run_and_the_rest_in_the_next(web: WebServer, knowledge: KnowledgeBase) -> None:
    source = SourceSettings(add_feed(web, range(5), ETag='"satu"'), most=2)
    assert [counts(sync(knowledge, source)) for _ in range(4)] == [(2, 0, 0, 3), (2, 0, 0, 1), (1, 0, 0, 0), (0,) * 4]
    # As long as something was left, the feed was read anew.
    assert ["if-none-match" in asked.headers for asked in web.asked if asked.path == "/feed"] == [False] * 3 + [True]


def test_only_links_that_are_allowed_are_fetched(web: WebServer, knowledge: KnowledgeBase) -> None:
    url = web.add(
        "/feed",
        feed((add_article(web, 1), "satu", DAY), (web.add("/iklan/1", article_page("Iklan", *REST)), "iklan", DAY)),
        "application/rss+xml",
    )
    assert counts(sync(knowledge, SourceSettings(url, allow=("*/2026/*", "https://lain.example/*")))) == (1, 0, 0, 0)
    assert web.paths() == ["/feed", "/2026/05/pasar-murah-1"]


def test_one_article_in_two_feeds_under_two_links_is_stored_once(web: WebServer, knowledge: KnowledgeBase) -> None:
    link = add_article(web, 1)
    for path, sent in (("/satu", link), ("/dua", f"{link}?utm_source=rss")):
        web.pages[f"/2026/05/pasar-murah-1{sent.removeprefix(link)}"] = web.pages["/2026/05/pasar-murah-1"]
        web.add(path, feed((sent, "satu", DAY)), "application/rss+xml")
    assert counts(sync(knowledge, web.url + "/satu")) == (1, 0, 0, 0)
    assert len(ids(knowledge)) == 1
    report = sync(knowledge, web.url + "/dua")
    assert report.changes.added == 0 and len(ids(knowledge)) == 1


@pytest.mark.parametrize(
    ("path", "media_type", "content"),
    [
        ("/x.csv", "text/csv", "id,text\n{id},{text}\n"),
        ("/y.csv", "text/csv", "id,text,url\nlain,{text},{url}?utm_source=x\n"),
        ("/x.jsonl", "application/jsonl", '{{"id": "lain", "url": "{url}", "text": "{text}"}}\n'),
        ("/x.md", "text/plain", "---\nurl: {url}\n---\n{text}\n"),
        ("/y.md", "text/plain", "---\nid: {id}\n---\n{text}\n"),
    ],
)
def test_no_site_takes_the_place_of_anothers_article(
    web: WebServer, knowledge: KnowledgeBase, path: str, media_type: str, content: str
) -> None:
    sync(knowledge, add_article(web, 0))
    (before,) = knowledge.store.articles()
    with WebServer().running() as other:
        forged = content.format(id=before.id, url=before.url, text="Camat Rantau Bayur Husin Palsu ditahan.")
        link = other.add(path, forged, media_type).replace("127.0.0.1", "localhost")
        report = sync(knowledge, other.add("/feed", feed((link, "judul", DAY)), "application/rss+xml"))
        assert (report.changes.added, report.changes.updated) == (0, 0)
        edit = knowledge.add_page(link)
    assert "an article that is not of its site" in report.changes.refused[0].reason
    assert (edit.changes, len(edit.refused)) == ((), 1)
    assert list(knowledge.store.articles()) == [before]


def test_a_table_of_a_sites_own_articles_changes_them(web: WebServer, knowledge: KnowledgeBase) -> None:
    table = "id,text,url\nberita-1,{name} membuka pasar murah.,https://kabar.example/1\nberita-2,Rapat desa.,\n"
    url = web.add("/berita.csv", table.format(name="Camat Hasan"), "text/csv")
    source = SourceSettings(url.replace("127.0.0.1", "localhost"), kind="page")
    assert counts(sync(knowledge, source)) == (2, 0, 0, 0)
    web.add("/berita.csv", "id,text\nberita-2,Rapat desa ditunda.\n", "text/csv")
    assert counts(sync(knowledge, source)) == (0, 1, 0, 0)


def test_a_page_is_a_source_of_its_own(web: WebServer, knowledge: KnowledgeBase) -> None:
    url = add_article(web, 1)
    assert [counts(sync(knowledge, url)) for _ in range(2)] == [(1, 0, 0, 0), (0, 0, 1, 0)]
    add_article(web, 1, name="Husin Hamzah")
    assert counts(sync(knowledge, url)) == (0, 1, 0, 0)


@pytest.mark.parametrize("packed", [False, True])
def test_a_news_sitemap_is_read_newest_first(web: WebServer, knowledge: KnowledgeBase, packed: bool) -> None:
    links = [(add_article(web, number), f"2026-05-{10 + number}") for number in range(3)]
    content = sitemap(*links).encode()
    url = web.add("/berita.xml", gzip.compress(content) if packed else content, "application/xml")
    assert counts(sync(knowledge, SourceSettings(url, most=2))) == (2, 0, 0, 1)
    assert web.paths() == ["/berita.xml", "/2026/05/pasar-murah-2", "/2026/05/pasar-murah-1"]


def test_an_index_of_sitemaps_is_followed_once(web: WebServer, knowledge: KnowledgeBase) -> None:
    for number in range(2):
        deeper = sitemap((add_article(web, number), "2026-05-20"))
        web.add(f"/{number}.xml", deeper, "text/xml")
    index = [(f"{web.url}/{number}.xml", f"2026-05-{number + 10}") for number in range(2)]
    url = web.add("/sitemap.xml", sitemap(*index, of="sitemap"), "text/xml", ETag='"tetap"')
    assert counts(sync(knowledge, url)) == (2, 0, 0, 0)
    # The index says nothing of a change below it.
    web.add("/1.xml", sitemap((add_article(web, 7), "2026-05-21")), "text/xml")
    assert counts(sync(knowledge, url)) == (1, 0, 0, 0)


def test_pages_can_be_indexed_by_their_address(web: WebServer, knowledge: KnowledgeBase) -> None:
    urls = [add_article(web, 1), f"{web.url}/gone", "http://saya:rahasia@kabar.example/", "http://10.0.0.1/"]
    report = knowledge.index_pages(urls)
    assert (report.added, [refusal.where for refusal in report.refused]) == (
        1,
        [f"{web.url}/gone", "kabar.example/", "http://10.0.0.1/"],
    )
    assert knowledge.index_pages(urls[:1]).unchanged == 1


def test_a_page_without_an_article_is_refused_once(web: WebServer, knowledge: KnowledgeBase) -> None:
    url = web.add("/feed", feed((web.add("/kosong", "<html></html>"), "kosong", DAY)), "application/rss+xml")
    report = sync(knowledge, url)
    assert [refusal.where for refusal in report.changes.refused] == [f"{web.url}/kosong"]
    sync(knowledge, url)
    assert web.paths() == ["/feed", "/kosong", "/feed"]


# --- what goes wrong --------------------------------------------------------------------------------------------------


def test_a_link_that_fails_is_tried_again_and_given_up_at_last(web: WebServer, knowledge: KnowledgeBase) -> None:
    broken = web.add("/broken", b"", status=500)
    url = web.add("/feed", feed((broken, "satu", DAY), (add_article(web, 1), "dua", DAY)), "application/rss+xml")
    assert counts(sync(knowledge, url)) == (1, 0, 0, 1)
    for _ in range(6):
        sync(knowledge, url)
    assert web.paths().count("/broken") == 5
    assert counts(sync(knowledge, url)) == (0, 0, 0, 0)


def test_a_link_that_leads_nowhere_or_where_nobody_may_go_is_not_tried_again(
    web: WebServer, knowledge: KnowledgeBase
) -> None:
    web.add("/robots.txt", "User-agent: *\nDisallow: /rahasia\n", "text/plain")
    links = [f"{web.url}/gone", f"{web.url}/rahasia/1", "http://10.0.0.1/", web.add("/x.jpg", b"", "image/jpeg")]
    url = web.add("/feed", feed(*[(link, "judul", DAY) for link in links]), "application/rss+xml")
    report = sync(knowledge, url)
    assert [refusal.reason for refusal in report.changes.refused] == [
        "127.0.0.1 answered 404",
        "the robots.txt of 127.0.0.1 forbids it",
        "10.0.0.1 leads to 10.0.0.1, which is no public address; nothing is fetched from networks of one's own",
        "it is 'image/jpeg', which is no article",
    ]
    assert (report.left, report.error) == (0, None)
    assert sync(knowledge, url).changes.refused == []


def test_links_to_what_is_no_host_cost_no_other_link(web: WebServer, knowledge: KnowledgeBase) -> None:
    moved = web.add("/moved", b"", status=302, Location="http://xn--a/")
    links = ["http://xn--a/", "//xn--/", "http://.example/", moved, add_article(web, 1)]
    url = web.add("/feed", feed(*[(link, "judul", DAY) for link in links]), "application/rss+xml")
    report = sync(knowledge, url)
    assert (report.changes.added, len(report.changes.refused), report.error) == (1, 4, None)


def test_a_server_that_is_ill_is_left_alone_after_three_pages(web: WebServer, knowledge: KnowledgeBase) -> None:
    links = [(web.add(f"/{number}", b"", status=502), "judul", DAY) for number in range(10)]
    url = web.add("/feed", feed(*links), "application/rss+xml")
    assert sync(knowledge, url).error == "127.0.0.1 answered 502"
    assert web.paths() == ["/feed", "/0", "/1", "/2"]


def test_a_server_that_is_busy_is_left_alone_as_long_as_it_asks(web: WebServer, knowledge: KnowledgeBase) -> None:
    url = add_feed(web, range(3))
    web.add("/2026/05/pasar-murah-1", b"", status=429, Retry_After="9000")
    source = SourceSettings(url, every=5)
    report = sync(knowledge, source)
    assert (report.changes.added, report.error) == (1, "127.0.0.1 answered 429")
    assert web.paths() == ["/feed", "/2026/05/pasar-murah-0", "/2026/05/pasar-murah-1"]
    due = due_at(source, knowledge.store.source_health(url))
    assert due == pytest.approx(time.time() + 9000, abs=10)
    add_article(web, 1)
    assert counts(sync(knowledge, source)) == (2, 0, 0, 0)
    assert knowledge.store.source_health(url).not_before == 0


@pytest.mark.parametrize("delay", ["99999999999", "1e300"])
def test_a_server_that_wants_an_eternity_between_pages_is_asked_again_in_a_week(
    web: WebServer, knowledge: KnowledgeBase, delay: str
) -> None:
    web.add("/robots.txt", f"User-agent: *\nCrawl-delay: {delay}\n", "text/plain")
    source = SourceSettings(add_feed(web, range(1)))
    assert sync(knowledge, source).error == "127.0.0.1 wants 604800 s between pages"
    due = due_at(source, knowledge.store.source_health(source.url))
    assert due == pytest.approx(time.time() + 604_800, abs=10)


@pytest.mark.parametrize(
    ("content", "media_type", "kind", "error"),
    [
        (b"<html>Sedang diperbaiki</html>", "text/html", "feed", "it is neither RSS nor Atom"),
        (b"<html>Sedang diperbaiki</html>", "text/html", "sitemap", "it is no sitemap"),
        (b"<urlset><url>", "text/xml", "sitemap", "it is no sitemap"),
        (
            b'<!DOCTYPE u [<!ENTITY a "b">]><urlset><url><loc>&a;</loc></url></urlset>',
            "text/xml",
            "sitemap",
            "it is no",
        ),
        (b'<!DOCTYPE u SYSTEM "file:///etc/passwd"><urlset/>', "text/xml", "sitemap", "it is no sitemap"),
        (gzip.compress(bytes(30_000_000)), "application/gzip", "sitemap", "larger than 20480 kB"),
        (gzip.compress(b"isi")[:-9], "application/gzip", "sitemap", "what was packed as gzip breaks off"),
        (b"", "text/xml", "feed", "it is neither RSS nor Atom"),
        (feed(("x", "&#x110000;", DAY)).encode(), "text/xml", "feed", "a feed that is damaged (ValueError)"),
        (b"<rss version='2.0'><channel>" + b"<item>" * 700_000, "text/xml", "feed", "a feed of more than 4000 kB"),
    ],
)
def test_a_listing_that_is_none_is_said(
    web: WebServer, knowledge: KnowledgeBase, content: bytes, media_type: str, kind: str, error: str
) -> None:
    source = msgspec.convert({"url": web.add("/daftar", content, media_type), "kind": kind}, SourceSettings)
    report = sync(knowledge, source)
    assert report.error is not None and report.error.startswith(error)
    health = knowledge.store.source_health(source.url)
    assert (health.failures, health.succeeded, health.error) == (1, None, report.error)


def test_a_source_that_fails_is_tried_less_and_less_often() -> None:
    source = SourceSettings("https://kabar.example/feed", every=60)
    health = SourceHealth(source.url)
    assert due_at(source, health) == 0
    waits = [
        due_at(source, msgspec.structs.replace(health, tried=1000, failures=n)) - 1000 for n in (0, 1, 2, 4, 5, 99)
    ]
    assert waits == [3600, 7200, 14_400, 57_600, 86_400, 86_400]
    weekly = SourceSettings(source.url, every=7 * 24 * 60)
    assert due_at(weekly, msgspec.structs.replace(health, tried=0, failures=3)) == 7 * 86_400
    assert due_at(source, msgspec.structs.replace(health, tried=1000, not_before=9_999)) == 9_999


def test_how_a_source_fares_is_noted_and_outlives_a_rebuild(web: WebServer, knowledge: KnowledgeBase) -> None:
    url = add_feed(web, range(2), ETag='"satu"')
    before = int(time.time())
    sync(knowledge, url)
    web.add("/feed", b"", status=503)
    sync(knowledge, url)
    knowledge.rebuild()
    health = knowledge.store.source_health(url)
    assert health.succeeded is not None and health.succeeded >= before
    assert (health.added, health.failures, health.error, health.etag) == (2, 1, "127.0.0.1 answered 503", '"satu"')
    assert len(knowledge.store.known_links(url)) == 2
    assert knowledge.due_sources(time.time()) == []


def test_what_takes_too_long_is_left_to_the_next_run(web: WebServer, knowledge: KnowledgeBase) -> None:
    source = SourceSettings(add_feed(web, range(4)))
    intake = knowledge._intake()
    report = sync_source(source, Fetcher(FETCHING), intake, now=lambda: 1000.0 * (len(web.paths()) > 2))
    assert counts(report) == (2, 0, 0, 2)
    assert counts(sync(knowledge, source)) == (2, 0, 0, 0)


def test_while_another_run_is_under_way_nothing_is_fetched(web: WebServer, knowledge: KnowledgeBase) -> None:
    url = add_feed(web, range(2))
    with knowledge.store.alone(), pytest.raises(IndexingUnderWay, match="is running on"):
        sync(knowledge, url)
    assert web.asked == []
    assert counts(sync(knowledge, url)) == (2, 0, 0, 0)


def test_links_that_are_listed_no_more_are_forgotten_and_their_articles_stay(
    web: WebServer, knowledge: KnowledgeBase
) -> None:
    url = add_feed(web, range(3))
    sync(knowledge, url)
    add_feed(web, range(2, 5))
    sync(knowledge, url)
    assert sorted(knowledge.store.known_links(url)) == [f"{web.url}/2026/05/pasar-murah-{n}" for n in range(2, 5)]
    assert len(ids(knowledge)) == 5


# --- listings ---------------------------------------------------------------------------------------------------------

ATOM = """<!-- dibuat oleh mesin --><feed xmlns="http://www.w3.org/2005/Atom"><title>Kabar</title>
<entry><title>Satu</title><link rel="alternate" href="/satu"/><updated>2026-05-20T01:00:00Z</updated></entry>
<entry><title>Dua</title><id>https://kabar.example/dua</id></entry>
<entry><title>Tiga</title><id>tag:kabar.example,2026:3</id></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<item rdf:about="https://kabar.example/1"><title>Satu</title><link>https://kabar.example/1</link></item></rdf:RDF>"""


def test_kinds_are_told_apart_by_what_they_begin_with() -> None:
    assert [kind_of(content.encode()) for content in (ATOM, RDF, feed(), sitemap(), sitemap(of="sitemap"))] == [
        "feed", "feed", "feed", "sitemap", "sitemap",
    ]  # fmt: skip
    assert kind_of(gzip.compress(b"x")) == "sitemap"
    assert kind_of(article_page("Judul", *REST).encode()) == kind_of(b"") == kind_of(b"%PDF-1.7") == "page"


def test_links_of_feeds_are_made_whole_and_what_is_no_web_address_is_left_out() -> None:
    assert [link.url for link in feed_links(ATOM.encode(), "https://kabar.example/atom")] == [
        "https://kabar.example/satu",
        "https://kabar.example/dua",
    ]
    assert [link.url for link in feed_links(RDF.encode(), "https://kabar.example/")] == ["https://kabar.example/1"]
    odd = feed(("javascript:alert(1)", "a", DAY), ("file:///etc/passwd", "b", DAY), ("https://[::", "c", DAY))
    assert feed_links(odd.encode(), "https://kabar.example/") == []


def test_no_file_is_read_for_a_feed_that_names_one(tmp_path: Path) -> None:
    secret = tmp_path / "rahasia"
    secret.write_text("rahasia")
    entity = (
        f'<!DOCTYPE rss [<!ENTITY x SYSTEM "file://{secret}">]>'
        + feed(("https://a.example/&x;", "&x;", DAY)).partition("?>")[2]
    )
    assert "rahasia" not in str(feed_links(entity.encode(), "https://kabar.example/"))


@pytest.mark.parametrize("text", ["<item>", "<", "&", "<![CDATA[", "<!DOCTYPE ", '<!ENTITY a "b">', "<url>", " "])
def test_a_listing_made_to_keep_the_parser_busy_is_read_in_time(text: str) -> None:
    content = b"<rss version='2.0'><channel>" + text.encode() * (500_000 // len(text))
    begin = time.process_time()
    feed_links(content, "https://kabar.example/")
    kind_of(content)
    assert time.process_time() - begin < 5


def test_a_sitemap_packed_as_half_a_million_files_is_read_in_time() -> None:
    content = gzip.compress(b"") * 500_000 + gzip.compress(sitemap(("https://kabar.example/1", DAY)).encode())
    begin = time.process_time()
    (link,) = sitemap_links(content, "https://kabar.example/", len(content))
    assert link.url == "https://kabar.example/1"
    assert time.process_time() - begin < 5


def test_a_sitemap_with_more_links_than_it_may_have_is_cut() -> None:
    content = sitemap(*[(f"https://kabar.example/{number}", "2026-05-20") for number in range(50_010)])
    assert len(sitemap_links(content.encode(), "https://kabar.example/", 10**8)) == 50_000
