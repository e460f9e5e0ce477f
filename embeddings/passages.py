"""Cut an article into sentences and passages: offsets into its text, so that what is quoted is what was published."""

import re
from collections.abc import Callable, Sequence

import sentencex

from embeddings.sources.files import Article

Span = tuple[int, int]
"""Start and end, character offsets into the article's text."""

TokenCounter = Callable[[Sequence[str]], list[int]]

# Abbreviations that sentencex's Indonesian list lacks: before a name, a number or a word they never end a sentence.
_NEVER_LAST = [
    "PT",
    "CV",
    "UD",
    "PD",
    "Tbk",
    "Jl",
    "Jln",
    "Gg",
    "No",
    "Nomor",
    "Kec",
    "Kab",
    "Kel",
    "Ds",
    "Dsn",
    "Rt",
    "Rw",
    "Drs",
    "Dra",
    "Dr",
    "dr",
    "drg",
    "Ir",
    "H",
    "Hj",
    "Kh",
    "KH",
    "Ust",
    "Tgk",
    "Prof",
    "Sdr",
    "Sdri",
    "Bpk",
    "Yth",
    "Kol",
    "Letkol",
    "Mayor",
    "Kapt",
    "Lettu",
    "Letda",
    "Brigjen",
    "Mayjen",
    "Letjen",
    "Jend",
    "Irjen",
    "Kombes",
    "AKBP",
    "AKP",
    "Kompol",
    "Iptu",
    "Ipda",
    "Aiptu",
    "Bripka",
    "Serka",
    "Plt",
    "Plh",
    "Pj",
    "Pjs",
    "Kep",
    "Prov",
    "Kadis",
    "Kabag",
    "Kasi",
    "Kasat",
    "a.n",
    "u.p",
    "s.d",
    "d.h",
    "hal",
    "ps",
    "Rp",
    "Tel",
    "Telp",
    "M",
    "Muh",
    "Moh",
    "Abd",
    "St",
    "Tn",
    "Ny",
    "Nn",
    "Mr",
    "Mrs",
    "Ms",
]
_ABBREVIATION = re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, _NEVER_LAST))}|[A-Z])\.$")
# "Ogan Amrin. S.STP., M.Si.": an academic degree belongs to the name before it.
_DEGREE = re.compile(
    r"(?:S\.|M\.|Ph\.|A\.Md|SH\b|MH\b|SE\b|MM\b|ST\b|MT\b|SP\b|SPd|SKM\b|SIP\b|Sp\.|Psi\b|BA\b|BSc|MSi\b|MAP\b|Lc\b|SSTP|STP\b)"
)
# A reporter's initials behind the last sentence are nobody's statement: "(SON)", "(Sahril Biro Oku)", "(*)".
_BYLINE = re.compile(r"\s*\((?:[A-Z][\w./-]*(?:[ /][\w./-]+){0,4}|[\w*/.-]{1,12}|\*+)\)\.?$")


def split_sentences(text: str) -> list[Span]:
    """The sentences in order, without the space around them; a line break always ends one."""
    spans: list[Span] = []
    line_start = 0
    for line in text.splitlines(keepends=True):
        spans.extend((line_start + start, line_start + end) for start, end in _split_line(line))
        line_start += len(line)
    return spans


def _split_line(line: str) -> list[Span]:
    if not line.strip():
        return []
    spans: list[Span] = []
    joined_to_next = False
    for boundary in sentencex.get_sentence_boundaries("id", line):
        start, end = _trimmed(line, boundary["start_index"], boundary["end_index"])
        if start == end:
            continue
        # sentencex takes each of these for a boundary; they stand inside one sentence.
        if spans and (joined_to_next or _DEGREE.match(line, start) or line[start].islower()):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
        joined_to_next = _ABBREVIATION.search(line[spans[-1][0] : end]) is not None
    return _without_byline(line, spans)


def _without_byline(line: str, spans: list[Span]) -> list[Span]:
    start, end = spans[-1]
    byline = _BYLINE.search(line[start:end])
    if byline is None or (byline.start() == 0 and len(spans) == 1):
        return spans
    if byline.start() == 0:
        return spans[:-1]
    # Only after a finished sentence: "… Badan Pusat Statistik (BPS)" names, it does not sign.
    before = line[start : start + byline.start()]
    return [*spans[:-1], (start, start + byline.start())] if before.endswith((".", "!", "?", "”", '"')) else spans


def split_passages(article: Article, count_tokens: TokenCounter, max_tokens: int, target_tokens: int) -> list[Span]:
    """Group whole sentences into passages of about `target_tokens`, never over `max_tokens`, breaking at paragraphs.

    `max_tokens` counts the text with what `passage_context` puts before it. A sentence longer than that is cut
    between words.
    """
    text = article.text
    room = max_tokens - count_tokens([passage_context(article)])[0]
    if room < 16:
        raise ValueError(f"the title of {article.id!r} leaves no room for its text within {max_tokens} tokens")
    sentences = split_sentences(text)
    lengths = count_tokens([text[start:end] for start, end in sentences])
    passages: list[Span] = []
    size = 0
    for (start, end), length in zip(sentences, lengths, strict=True):
        if length > room:
            passages.extend(_cut_between_words(text, (start, end), count_tokens, room))
            size = room
            continue
        new_paragraph = bool(passages) and "\n" in text[passages[-1][1] : start]
        limit = min(room, target_tokens // 2 if new_paragraph else target_tokens)
        if passages and size + length <= limit:
            passages[-1] = (passages[-1][0], end)
            size += length
        else:
            passages.append((start, end))
            size = length
    return passages


def passage_context(article: Article) -> str:
    """What the encoder and the lexical index read before a passage, and no quote ever shows."""
    return "".join(f"{part}\n" for part in (article.title, article.place, article.published) if part)


def _cut_between_words(text: str, span: Span, count_tokens: TokenCounter, room: int) -> list[Span]:
    start, end = span
    if count_tokens([text[start:end]])[0] <= room:
        return [span]
    middle = (start + end) // 2
    spaces = [match.start() for match in re.finditer(r"\s", text[start:end])]
    cut = start + min(spaces, key=lambda space: abs(start + space - middle)) if spaces else middle
    halves = (_trimmed(text, start, cut), _trimmed(text, cut, end))
    return [
        piece for half in halves if half[0] < half[1] for piece in _cut_between_words(text, half, count_tokens, room)
    ]


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
