import json
from pathlib import Path

import pytest

from embeddings import ArticleSettings, Encoder
from embeddings.indonesian.sentences import split_sentences
from embeddings.passages import passage_context, split_passages
from embeddings.sources.files import read_file
from embeddings.types import Article
from tests.conftest import SEEDS, SHARED, needs_shared


@pytest.mark.parametrize(
    "sentences",
    [
        ["Bupati Banyuasin, H. Askolani, SH., MH bersama Wakil Bupati hadir.", "Rapat selesai."],
        ["Menurut Camat Ogan Amrin. S.STP., M.Si., kegiatan ini penting.", "Ia hadir."],
        ["6. dr. Rina Dewi, Sp.A., sebagai Direktur RSUD dr. H. Kasim Umar"],
        ["dr. Rina Dewi, Sp.OG, menjabat direktur.", "Ia dokter kandungan."],
        ["Ners Budi Utomo, S.Tr.Kep., M.Kes., dilantik.", "Ia perawat."],
        ["Dokter Lia, Sp.P., Sp.Rad., dan Dedi, S.Kep.Ns. hadir.", "Ia datang."],
        ["Bidan Wati, A.Md.Keb., melapor.", "Ia lelah."],
        ["Diterima Kgs. Halim, I Gst. Ngr. Putra serta Tb. Chaerul.", "Mereka pulang."],
        ["Rapat selesai siang.", "Ia pulang."],
        ["Ada limbah dari PT. SMS, tidak ada jalan di Desa Tanjung 3.", "Semua dicatat."],
        ["Program Dr. H. Askolani, SH., MH dan Netta Indian, SP. dibahas."],
        ["Luas daerah 12.387.28km dan penduduk 837.062 jiwa.", "Itu kata bupati."],
        ["“Saya harap begitu. Kita lihat nanti,” ujarnya.", "Rapat ditutup."],
        ["“Apa benar?” tanyanya.", "Tidak ada jawaban!"],
        ["Biaya Rp. 2 miliar untuk Jl. Merdeka No. 5 Kec. Ilir.", "Cukup."],
        ["Turut hadir Camat, Danramil, Kapolsek, para Kades, dan tokoh masyarakat."],
        ["Data Badan Pusat Statistik (BPS)", "Sumber resmi."],
    ],
)
def test_sentences_survive_titles_degrees_abbreviations_and_direct_speech(sentences: list[str]) -> None:
    for text in (" ".join(sentences), "\n".join(sentences)) if sentences[0].endswith(".") else ("\n".join(sentences),):
        assert [text[start:end] for start, end in split_sentences(text)] == sentences


@pytest.mark.parametrize("byline", ["(SON)", "(Sahril Biro Oku)", "(Deni).", "(*)", "(rls/adm)"])
def test_a_reporters_initials_belong_to_no_sentence(byline: str) -> None:
    text = f"Rapat ditutup sore hari. {byline}"
    assert [text[start:end] for start, end in split_sentences(text)] == ["Rapat ditutup sore hari."]


@needs_shared
def test_the_splitter_finds_the_gold_sentences_of_indonesian_pud() -> None:
    found = right = expected = 0
    for line in (SHARED / "data/lexicon/sentsplit_pud.jsonl").read_text().splitlines():
        document = json.loads(line)
        text, ends, position = document["text"], set(), 0
        for sentence in document["sentences"]:
            position = text.index(sentence, position) + len(sentence)
            ends.add(position)
        got = {end for _, end in split_sentences(text)}
        found, right, expected = found + len(got), right + len(got & ends), expected + len(ends)
    assert 2 * right / (found + expected) > 0.985


def articles_of(folder: Path) -> list[Article]:
    found = [item for path in sorted(folder.iterdir()) if path.suffix in (".md", ".txt") and path.stem != "README"
             for item in read_file(path, ArticleSettings())]  # fmt: skip
    return [item for item in found if isinstance(item, Article)]


@pytest.mark.parametrize("folder", [SEEDS, pytest.param(SHARED / "seeds", marks=needs_shared)])
def test_passages_are_whole_sentences_in_order_and_the_encoder_reads_each_to_its_end(
    folder: Path, encoder: Encoder
) -> None:
    for article in articles_of(folder):
        sentences = split_sentences(article.text)
        passages = split_passages(article, encoder.count_tokens, encoder.max_passage_tokens, 128)
        starts, ends = {start for start, _ in sentences}, {end for _, end in sentences}
        assert passages[0][0] == sentences[0][0] and passages[-1][1] == sentences[-1][1]
        assert passages == sorted(passages)
        for start, end in passages:
            assert start in starts and end in ends
        texts = [passage_context(article) + article.text[start:end] for start, end in passages]
        assert max(encoder.count_tokens(texts)) <= encoder.max_passage_tokens


def test_a_sentence_longer_than_the_encoder_reads_is_cut_between_words_and_loses_none(encoder: Encoder) -> None:
    article = Article("a", " ".join(f"kata{number}" for number in range(3000)))
    passages = split_passages(article, encoder.count_tokens, 100, 80)
    pieces = [article.text[start:end] for start, end in passages]
    assert " ".join(pieces) == article.text
    assert max(encoder.count_tokens(pieces)) <= 100


def test_a_text_without_a_space_is_cut_all_the_same(encoder: Encoder) -> None:
    article = Article("a", "x" * 5000)
    passages = split_passages(article, encoder.count_tokens, 100, 80)
    assert "".join(article.text[start:end] for start, end in passages) == article.text


def test_a_title_that_leaves_no_room_is_refused_by_name(encoder: Encoder) -> None:
    with pytest.raises(ValueError, match="'a' leaves no room"):
        split_passages(Article("a", "Isi.", title="judul " * 200), encoder.count_tokens, 100, 80)
