"""Read the passages found for a question: which sentence answers, with which words, and how probably."""

import math
import re
from collections.abc import Iterator, Sequence
from importlib.resources import files

import msgspec
import numpy as np
from numpy.typing import NDArray

from embeddings import dates
from embeddings.lexical import stem_words, words
from embeddings.passages import Span, passage_context, split_sentences
from embeddings.query import Kind, Query
from embeddings.retriever import Hit, Retrieval
from embeddings.store import Passage

WEIGHTS_FILE = "reader.json"


class Reading(msgspec.Struct, frozen=True):
    """A sentence (offsets into the article), the words in it that answer if known, and the probability that it does."""

    passage: Passage
    sentence: Span
    answer: Span | None
    probability: float


class Candidate(msgspec.Struct, frozen=True):
    """A sentence, the words in it that may answer, and how it meets the question: each feature in about [0, 1]."""

    hit: Hit
    sentence: Span
    answer: Span | None
    features: tuple[float, ...]


class Logistic(msgspec.Struct, frozen=True):
    """A logistic regression."""

    coefficients: tuple[float, ...]
    intercept: float

    def logits(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-odds, shape (n,), of features of shape (n, number of coefficients)."""
        return np.asarray(features @ np.array(self.coefficients) + self.intercept)


class Weights(msgspec.Struct, frozen=True):
    """What `python -m embeddings.training.calibrate` has learnt."""

    sentence: Logistic
    answered: Logistic


class Reader:
    """Ranks sentences by words and retrieval scores, and says how probably the first answers; both learnt."""

    def __init__(self, weights: Weights | None = None) -> None:
        self._weights = weights or load_weights()

    def read(self, retrieval: Retrieval) -> list[Reading]:
        """The candidate sentences, most probable first."""
        found = candidates(retrieval)
        if not found:
            return []
        logits = self._weights.sentence.logits(np.array([candidate.features for candidate in found]))
        order = np.argsort(-logits, kind="stable")
        confidence = self._weights.answered.logits(np.array([question_features(retrieval, found, logits)]))[0]
        # The first has the calibrated probability; those behind it lose the odds they lack as sentences.
        odds = confidence + logits - logits[order[0]]
        return [
            Reading(
                found[index].hit.passage,
                found[index].sentence,
                found[index].answer,
                float(1 / (1 + np.exp(-odds[index]))),
            )
            for index in order
        ]


def load_weights() -> Weights:
    """The weights that stand beside this module."""
    return msgspec.json.decode((files("embeddings") / WEIGHTS_FILE).read_bytes(), type=Weights)


def candidates(retrieval: Retrieval) -> list[Candidate]:
    """Every sentence of the hits, once, with its features."""
    found: dict[tuple[str, Span], Candidate] = {}
    most = max((hit.lexical for hit in retrieval.hits), default=0.0)
    for hit in retrieval.hits:
        for candidate in _sentences_of(hit, retrieval, most):
            found.setdefault((hit.passage.article.id, candidate.sentence), candidate)
    return list(found.values())


def _sentences_of(hit: Hit, retrieval: Retrieval, most_lexical: float) -> Iterator[Candidate]:
    query, passage = retrieval.query, hit.passage
    context = set(stem_words(passage_context(passage.article)))
    whole = context | set(stem_words(passage.text))
    previous: set[str] = set()
    for start, end in split_sentences(passage.text):
        text = passage.text[start:end]
        surface = words(text)
        stems = set(stem_words(text))
        answer, fits, nearness = _match(query, text)
        features = (
            hit.score,
            hit.lexical / most_lexical if most_lexical else 0.0,
            _coverage(retrieval, stems),
            _coverage(retrieval, stems | context),
            _coverage(retrieval, stems | context | previous),
            _coverage(retrieval, whole),
            sum(word in surface for word in query.words) / max(1, len(query.words)),
            fits,
            nearness,
            min(len(surface), 60) / 60,
        )
        offset = passage.start + start
        yield Candidate(
            hit,
            (offset, passage.start + end),
            (offset + answer[0], offset + answer[1]) if answer else None,
            features,
        )
        previous = stems


def question_features(
    retrieval: Retrieval, found: Sequence[Candidate], logits: NDArray[np.float64]
) -> tuple[float, ...]:
    """What tells whether the best candidate answers at all: its own features and how it stands out from the rest."""
    best = found[int(np.argmax(logits))]
    given = _own_words(best, retrieval.query)
    # Another article that gives the same answer supports the best one; only those that give another compete with it.
    others = [
        logit
        for candidate, logit in zip(found, logits, strict=True)
        if candidate.hit.passage.article.id != best.hit.passage.article.id
        and not given & _own_words(candidate, retrieval.query)
    ]
    cosines = sorted((hit.dense for hit in retrieval.hits), reverse=True)[:CALIBRATED_HITS]
    total = sum(retrieval.weights.values())
    return (
        float(logits.max()) / 4,
        # How far the best other article is behind; a single article has none, which says little.
        min(float(logits.max()) - max(others), 4.0) / 4 if others else 0.25,
        (best.hit.dense - sum(cosines) / len(cosines)) * 10,
        (cosines[0] - 0.8) * 5,
        best.hit.lexical / total if total else 0.0,
        min(len(retrieval.query.stems), 8) / 8,
        math.log10(max(retrieval.searched, 1)) / 5,
        *best.features[2:9],
    )


def _own_words(candidate: Candidate, query: Query) -> set[str]:
    """The words of the answer that are not the question's own; titles and degrees are too short to count."""
    if candidate.answer is None:
        return set()
    answer = candidate.hit.passage.article.text[slice(*candidate.answer)]
    return {word for word in words(answer) if len(word) > 2 and _stem(word) not in query.stems}


def _coverage(retrieval: Retrieval, stems: set[str]) -> float:
    """The share of the query's words that are there, each weighing as much as it tells."""
    total = sum(retrieval.weights.values())
    return sum(weight for stem, weight in retrieval.weights.items() if stem in stems) / total if total else 0.0


# --- the kind of answer ---------------------------------------------------------------------------------------

_DATE = re.compile(
    r"(?:\b(?:{weekdays})\b\s*,?\s*)?(?:\(\s*\d{{1,2}}\s*[/.-]\s*\d{{1,2}}(?:\s*[/.-]\s*\d{{2,4}})?\s*\)"
    r"|\b\d{{1,2}}(?:\s*-\s*\d{{1,2}})?\s+(?:{months})\b(?:\s+\d{{4}})?)"
    r"|\b(?:{months})\s+\d{{4}}\b|\b(?:tahun\s+)?(?:19|20)\d\d\b|\b(?:{weekdays})\b(?:\s+(?:pagi|siang|sore|malam))?"
    r"|\bpukul\s+\d{{1,2}}[.:]\d{{2}}(?:\s*WI(?:B|TA|T))?".format(
        weekdays="|".join(map(re.escape, dates.WEEKDAYS)), months="|".join(dates.MONTHS)
    ),
    re.IGNORECASE,
)
_NUMBER_WORDS = "satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh|sebelas|puluhan|ratusan|ribuan"
_NUMBER = re.compile(
    rf"(?:(?:\bRp\.?\s*)?\b\d[\d.,]*|\b(?:{_NUMBER_WORDS})\b)(?:\s*(?:%|(?:persen|puluh|ratus|ribu|juta|miliar|triliun)\b))*"
    r"(?:\s+[A-Za-z]+)?",
    re.IGNORECASE,
)
_TITLES = r"(?:(?:Dr|Drs|Dra|dr|drg|Ir|H|Hj|KH|Prof|R|M|Tgk|Ust)\.?\s+)*"
_DEGREES = r"(?:,?\s*(?:S\.?\s?[A-Z][\w.]*|M\.?\s?[A-Z][\w.]*|SH|MH|SE|MM|SP|ST)\b\.?)*"
_NAME = re.compile(rf"{_TITLES}[A-Z][a-z'’]+(?:\s+(?:bin|binti|[A-Z][a-z'’]+|[A-Z]\.))*{_DEGREES}")
_PLACE = re.compile(
    r"\b(?:di|ke|bertempat di|dari)\s+"
    r"(?P<place>(?:(?:aula|kantor|gedung|halaman|lapangan|ruang|balai|rumah|pendopo)\s+)*"
    r"[A-Z][\w'’.-]*(?:\s+(?:[A-Z][\w'’.-]*|\d+))*)"
)
_REASON = re.compile(
    r"\b(?:karena|sebab|agar|supaya|untuk|guna|demi|tujuan\w*|bertujuan|akibat|dalam rangka)\b", re.IGNORECASE
)
_PATTERNS = {
    Kind.WHEN: _DATE, Kind.HOW_MANY: _NUMBER, Kind.WHO: _NAME, Kind.WHERE: _PLACE, Kind.WHY: _REASON
}  # fmt: skip
# Words with a capital that name no person: offices, kinds of place, sentence openers.
_NO_NAMES = frozenset(
    """
    plt plh pj pjs bupati wakil wali walikota gubernur camat lurah kades kepala desa kelurahan kecamatan kabupaten kota
    provinsi pemerintah pemkab pemkot pemprov pemda dinas badan bagian sekretaris sekretariat daerah sekda setda asisten
    staf khusus ketua anggota dprd dpr dpd mpr komisi fraksi forkopimda forkopimcam opd danramil dandim kapolsek
    kapolres kapolda koramil kodim polsek polres polda kejari kejaksaan pengadilan negeri hakim jaksa kadis kabag kasi
    menteri
    presiden republik indonesia negara kementerian direktur rapat koordinasi rakor musrenbang kunjungan kerja kunker
    program prioritas gerakan bersama masyarakat senin selasa rabu kamis jumat sabtu minggu januari februari maret april
    mei juni juli agustus september oktober november desember turut hadir para dalam dengan menurut sementara selain
    adapun untuk pada saat kami saya kita mereka ia dia beliau sebelumnya dijelaskan ditambahkan dilanjutkan semua juga
    tim penggerak pkk tokoh agama kua umkm ukm covid wilayah daerah unsur terima kasih
    """.split()
)
_AREAS = ("provinsi", "kabupaten", "kecamatan", "kelurahan", "desa", "kota", "dusun", "jalan", "sungai", "pulau")
NEAR_CHARACTERS = 40.0
# The weights were learnt from so many hits a question; more may be read, but do not count for the probability.
CALIBRATED_HITS = 10
OFFICE_CHARACTERS = 45
MARKED_FROM_NEARNESS = 0.45


def _match(query: Query, text: str) -> tuple[Span | None, float, float]:
    """The words of the asked kind nearest to the question's own, whether there are any, and how near, in [0, 1]."""
    pattern = _PATTERNS.get(query.kind)
    if pattern is None:
        return None, 0.5, 0.5
    asked = [
        (match.start(), match.end(), stem)
        for match in re.finditer(r"[^\W_]+", text)
        if (stem := _stem(match[0])) in query.stems
    ]
    best: tuple[float, Span] | None = None
    for match in pattern.finditer(text):
        span = _own_part(query, text, match.span("place") if "place" in pattern.groupindex else match.span())
        if span is None:
            continue
        nearness = _nearness(query, text, span, asked)
        if best is None or nearness > best[0]:
            best = (nearness, span)
    if best is None:
        return None, 0.0, 0.0
    start, end = best[1]
    end = start + len(text[start:end].rstrip(" ,."))
    # A date belongs to its whole sentence, a name or a number only to the words beside it; a reason is a clause.
    known = query.kind is Kind.WHEN or (query.kind is not Kind.WHY and best[0] >= MARKED_FROM_NEARNESS)
    return (start, end) if known else None, 1.0, best[0]


def _nearness(query: Query, text: str, span: Span, asked: list[tuple[int, int, str]]) -> float:
    """How near the question's words stand, and for a person, how many of them stand right beside the name."""
    distance = min((_distance(span, (start, end)) for start, end, _ in asked), default=math.inf)
    nearness = math.exp(-distance / NEAR_CHARACTERS)
    if query.kind is not Kind.WHO or not query.stems:
        return nearness
    # "Bupati Banyuasin, H. Askolani, bersama Wakil Bupati Banyuasin, H. Slamet": whose office is the one asked for?
    before = {stem for _, end, stem in asked if 0 <= span[0] - end <= OFFICE_CHARACTERS}
    after = {stem for start, _, stem in asked if 0 <= start - span[1] <= OFFICE_CHARACTERS}
    share = max(len(before), 0.7 * len(after)) / len(query.stems)
    # A deputy does not hold the office of the one deputised for.
    office = text[max(0, span[0] - OFFICE_CHARACTERS) : span[0]].casefold()
    if re.search(r"\bwakil\b", office) and "wakil" not in query.stems:
        share *= 0.5
    return nearness * share


def _own_part(query: Query, text: str, span: Span) -> Span | None:
    """What of a match may be the answer: not the question's own words, nor of a person the office before the name."""
    found = [(match.start(), match[0].casefold()) for match in re.finditer(r"[^\W_]+", text[slice(*span)])]
    own = [(start, word) for start, word in found if _stem(word) not in query.stems]
    if query.kind is Kind.WHERE:
        return span if own else None
    if query.kind is not Kind.WHO:
        return span
    names = [(start, word) for start, word in own if word not in _NO_NAMES]
    if not any(len(word) > 2 for _, word in names):
        return None
    before = [word for start, word in found if start < names[0][0]]
    # Neither "Provinsi Sumatera Selatan" nor the abbreviation behind it, "(Sumsel)", is a person.
    if (before and before[-1] in _AREAS) or text[: span[0]].endswith("("):
        return None
    return span[0] + names[0][0], span[1]


def _distance(span: Span, word: Span) -> float:
    # News names the office or the thing counted first, so what follows is nearer than what precedes.
    return float(span[0] - word[1]) if span[0] >= word[1] else 2.0 * max(word[0] - span[1], 0) + 1


def _stem(word: str) -> str:
    return next(iter(stem_words(word)), "")
