"""How the bundled model is made, in small: the data from passages of our own, the export of a random network."""

import gzip
import itertools
import json
import random
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
from tokenizers import Tokenizer

from embeddings.models.bundled import (
    ENCODER_FILE,
    MODEL,
    READER_FILE,
    TOKENIZER_FILE,
    BundledEncoder,
    Network,
    load_tokenizer,
)
from embeddings.training.ablation import with_others_passages
from embeddings.training.encoder import TRIPLES_FILE, Triple, make_batches, may_answer
from embeddings.training.export import export
from embeddings.training.mining import negatives
from embeddings.training.news import Passage
from embeddings.training.pairs import further_groups
from embeddings.training.questions import Example, cropped, load_examples, told_stretch, without_answer
from embeddings.training.reader import PAIRS_FILE, answer_tokens, train
from embeddings.training.reader import make_batches as make_reader_batches
from embeddings.training.shipped import read_weights
from embeddings.training.squad import TITLED, TRANSLATED, UNTITLED, english_questions, load_squad
from embeddings.training.style import Style, misspelt
from embeddings.training.templates import make_examples

if TYPE_CHECKING:
    from embeddings.training.network import ReaderNetwork

TEXT = (
    "Rapat koordinasi Kecamatan Rambutan digelar di Aula Kantor Camat pada Senin (17/7/2023). "
    "Camat Rambutan, Dewi Lestari, memimpin rapat itu. Sebanyak 12 desa menerima bantuan senilai Rp 4 miliar. "
    "Turut hadir Kapolsek Rambutan, Danramil, dan para kepala desa. Kegiatan bertujuan mempererat kerja sama. "
    "Wakil Bupati Banyuasin Slamet Somosentono berharap Badan Usaha Milik Desa (BUMDes) maju."
)
PASSAGES = [
    Passage("Rakor Rambutan\n2023-07-17\n", TEXT),
    Passage(
        "", "Bupati Lahat, Edison Rahman, meresmikan jembatan sepanjang 40 meter di Desa Sukamaju, Kamis (3/8/2023)."
    ),
    Passage(
        "", "Wali Kota Palembang Ratu Dewa membuka festival di Gedung Kesenian, Sabtu (5/8/2023). Hadir 300 orang."
    ),
]


def small_network() -> "ReaderNetwork":
    import torch
    from transformers import BertConfig, BertModel

    from embeddings.training.network import ReaderNetwork

    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=load_tokenizer(MODEL).get_vocab_size(), hidden_size=64, num_hidden_layers=2, num_attention_heads=4,
        intermediate_size=128, max_position_embeddings=128, pad_token_id=1,
    )  # fmt: skip
    return ReaderNetwork(BertModel(config, add_pooling_layer=False)).eval()


def made(seed: int = 1) -> list[Example]:
    return make_examples(PASSAGES, ["Tanjung Lago", "Baturaja Timur", "Baturaja Barat", "Lahat"], random.Random(seed))


def test_every_answer_made_by_a_template_stands_where_it_is_said_to_stand() -> None:
    answerable = [example for example in made() if example.answerable]
    answers = {example.passage[slice(*example.answer)] for example in answerable if example.answer}
    assert {"Dewi Lestari", "Slamet Somosentono", "Edison Rahman", "Ratu Dewa"} <= answers
    assert all(example.answer and example.passage[slice(*example.answer)].strip() for example in answerable)
    assert all(example.answer is None for example in made() if not example.answerable)


def test_templates_ask_most_questions_with_both_labels() -> None:
    labels: dict[str, set[bool]] = {}
    for seed in range(5):
        for example in made(seed):
            labels.setdefault(example.question.casefold(), set()).add(example.answerable)
    assert any(len(both) == 2 for question, both in labels.items() if "dewi" not in question)
    count = sum(example.answerable for example in made())
    assert 0.2 < count / len(made()) < 0.8


def example(passage: str, answer: str) -> Example:
    start = passage.index(answer)
    return Example("facqa", "Siapa camat?", "", passage, (start, start + len(answer)), True)


def test_a_cropped_passage_still_holds_its_answer_and_is_no_longer_than_those_searched() -> None:
    for seed in range(20):
        short = cropped(example(TEXT * 5, "Dewi Lestari"), random.Random(seed))
        assert short.answer and short.passage[slice(*short.answer)] == "Dewi Lestari"
        assert len(short.passage) <= 700


def test_a_passage_without_the_sentences_that_answer_no_longer_answers() -> None:
    rest = without_answer(example(TEXT, "Dewi Lestari"))
    assert rest is not None and not rest.answerable
    assert "Dewi Lestari" not in rest.passage and "Slamet" in rest.passage
    assert without_answer(example("Camat Dewi Lestari hadir.", "Dewi Lestari")) is None


def test_passages_found_for_a_question_as_negatives_lack_its_answer() -> None:
    asked = [
        example(passage.text, answer)
        for passage, answer in zip(PASSAGES, ("Dewi Lestari", "Edison", "Ratu Dewa"), strict=True)
    ]
    asked *= 5
    found = negatives(asked, PASSAGES, random.Random(3), count=3)
    assert any(found)
    for pair in itertools.chain(*found):
        assert not pair.answerable and pair.answer is None


INDONESIAN = (
    "Kapan sungai Musi meluap?",
    "Siapa yang menulis lagu Bengawan Solo?",
    "Berapa tinggi menara Eiffel?",
)
ENGLISH = ("When did the Musi river overflow?", "Who wrote the song Bengawan Solo?", "How tall is the Eiffel Tower?")


def further_row(name: str, number: int) -> dict[str, object]:
    """One row of a further set; the translated questions and their originals stand at the same place."""
    questions = ENGLISH if name.startswith("en_") else INDONESIAN
    place = TEXT.index("Rambutan")
    answers = [{"text": "Rambutan, Dewi", "start": TEXT.index("Rambutan, Dewi")}, {"text": "Rambutan", "start": place}]
    titled = {"title": f"{name} {number}"} if name in TITLED else {}
    other = "Which song did guest {} sing?" if name.startswith("en_") else "Apa warna atap rumah nomor {}?"
    question = questions[number] if number < len(questions) else other.format(number)
    answerable = name != "en_squad2_dev_half" or number % 2 == 0
    return {
        "question": question, "context": f"{number}. {TEXT}", "answerable": answerable, **titled,
        "answers": [{**one, "start": one["start"] + len(f"{number}. ")} for one in answers] if answerable else [],
    }  # fmt: skip


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Question sets of the published form, with one question of our own each."""
    (tmp_path / "qa").mkdir()
    (tmp_path / "corpus").mkdir()
    answer = {"text": "Dewi Lestari", "start": TEXT.index("Dewi Lestari")}
    row = {"id": "1", "question": "Siapa camat Rambutan?", "context": TEXT, "answers": [answer], "answerable": True}
    for name in ("idkmrc", "tydiqa_id", "facqa"):
        (tmp_path / "qa" / f"{name}.train.jsonl").write_text(json.dumps({**row, "question": f"{name}: siapa?"}))
    support = {"text": "Camat Rambutan, Dewi Lestari, memimpin rapat itu.", "recall": 1.0}
    support["start"] = TEXT.index(str(support["text"]))
    news = [
        {**row, "id": f"n{n}", "doc_id": f"d{n}", "answer_text": "Dewi Lestari.", "support": support, "grounded": True}
        for n in range(30)
    ]
    (tmp_path / "qa" / "newsqa25.train.jsonl").write_text("\n".join(json.dumps(line) for line in news))
    with gzip.open(tmp_path / "corpus" / "news.jsonl.gz", "wt") as file:
        article = {"title": "Rakor", "text": TEXT, "localgov": 2}
        file.write("\n".join(json.dumps({"id": f"d{n}", **article}) for n in range(30)))
    (tmp_path / "qa_more").mkdir()
    for name in (*UNTITLED, *TITLED):
        lines = [json.dumps(further_row(name, n)) for n in range(30)]
        if name in ("id_squad_mt_itb_trainpart", "en_qamr"):
            with gzip.open(tmp_path / "qa_more" / f"{name}.jsonl.gz", "wt") as file:
                file.write("\n".join(lines))
        else:
            (tmp_path / "qa_more" / f"{name}.jsonl").write_text("\n".join(lines))
    (tmp_path / "slang.json").write_text(json.dumps({"gmn": "bagaimana", "hdir": "hadirkan"}))
    return tmp_path


def test_all_sets_are_read_and_one_article_in_seven_is_held_out(data: Path) -> None:
    train = load_examples(data, "train", random.Random(1))
    assert {example.source for example in train} == {"idkmrc", "tydiqa_id", "facqa", "newsqa25"}
    assert all(example.answer and example.passage[slice(*example.answer)] == "Dewi Lestari" for example in train)
    for name in ("idkmrc", "tydiqa_id", "facqa"):
        shutil.copy(data / "qa" / f"{name}.train.jsonl", data / "qa" / f"{name}.dev.jsonl")
    held_out = [example for example in load_examples(data, "dev", random.Random(1)) if example.source == "newsqa25"]
    news = [example for example in train if example.source == "newsqa25"]
    assert len(news) + len(held_out) == 30 and held_out


def test_of_the_further_sets_whole_articles_are_held_out_where_articles_can_be_told_apart(data: Path) -> None:
    train, held_out = load_squad(data, "train"), load_squad(data, "dev")
    assert {example.source for example in train} == {*TITLED, *UNTITLED}
    assert {example.source for example in held_out} <= set(TITLED)
    assert len(train) + len(held_out) == 30 * len({*TITLED, *UNTITLED}) and held_out
    assert not {example.context for example in train if example.context} & {example.context for example in held_out}


def test_of_several_annotators_answers_the_shortest_is_taken(data: Path) -> None:
    answers = {
        example.passage[slice(*example.answer)] for example in load_squad(data, "train") if example.answer is not None
    }
    assert answers == {"Rambutan"}


def test_translated_questions_find_their_english_originals_and_others_find_none(data: Path) -> None:
    assert english_questions(load_squad(data, "train")) == dict(zip(INDONESIAN, ENGLISH, strict=True))


def test_further_questions_stand_with_passages_that_do_not_answer_and_some_in_english_on_indonesian(data: Path) -> None:
    groups = further_groups(data, random.Random(1))
    sources = {group[0].source for group in groups}
    assert {*TITLED, *UNTITLED} <= sources and sources & {"idkmrc", "facqa", "newsqa25", "localgov"}
    assert all(not pair.answerable for group in groups for pair in group[1:])
    translated = {group[0].question for group in groups if group[0].source == TRANSLATED}
    assert {*INDONESIAN, *ENGLISH} <= translated


@pytest.mark.parametrize(
    ("question", "answer", "support", "told"),
    [
        (
            "Mengapa pasar dipindah?", "Pasar dipindah karena sering terendam banjir.",
            "Menurut camat, pasar dipindah karena tiap musim hujan terendam banjir setinggi lutut.",
            "karena tiap musim hujan terendam banjir",
        ),
        (
            "Apa saja syarat bantuan itu?", "Syaratnya KTP, kartu keluarga dan surat domisili.",
            "Warga membawa KTP, kartu keluarga, dan surat domisili ke balai desa.",
            "KTP, kartu keluarga, dan surat domisili",
        ),
        (
            "Apa tujuan festival?", "Festival bertujuan mengenalkan kopi petani muda.",
            "Festival digelar untuk mengenalkan kopi dari petani muda kepada pembeli.",
            "mengenalkan kopi dari petani muda",
        ),
        ("Kapan rakor digelar?", "Rakor digelar Senin pagi.", "Rakor digelar pada Senin pagi di aula.", None),
        ("Mengapa jalan ditutup?", "Karena longsor di dua titik.", "Jalan itu ditutup sejak kemarin.", None),
    ],
)  # fmt: skip
def test_what_an_answer_in_other_words_adds_to_its_question_is_found_in_the_sentence(
    question: str, answer: str, support: str, told: str | None
) -> None:
    stretch = told_stretch(support, question, answer)
    assert (support[slice(*stretch)] if stretch else None) == told


def test_a_question_in_peoples_style_keeps_the_names_it_asks_for_or_misspells_one(data: Path) -> None:
    style = Style(data / "slang.json")
    chance = random.Random(1)
    styled = {style.apply("Di mana rapat Rambutan digelar?", chance, much=1.0) for _ in range(60)}
    assert len(styled) > 20
    assert any("dmn" in question for question in styled)
    assert all(question.islower() for question in styled)
    assert misspelt("rambutan", chance) != "rambutan" and misspelt("ada", chance) == "ada"


def test_batches_of_the_reader_keep_the_passages_of_a_question_together_and_leave_none_out() -> None:
    groups = [[example(TEXT, "Dewi Lestari")] * (1 + n % 4) for n in range(50)]
    batches = make_reader_batches(groups, random.Random(1))
    assert sorted(len(group) for batch in batches for group in batch) == sorted(map(len, groups))
    assert max(sum(map(len, batch)) for batch in batches) <= 16


def test_where_no_passages_are_mined_those_of_other_questions_that_lack_the_answer_stand_in() -> None:
    first, *others = [
        msgspec.structs.replace(example(passage.text, answer), question=answer)
        for passage, answer in zip(PASSAGES, ("Dewi Lestari", "Edison", "Ratu Dewa"), strict=True)
    ]
    mined = msgspec.structs.replace(first, passage="Camat lain.", answer=None, answerable=False)
    told_twice = msgspec.structs.replace(others[0], passage=f"{others[0].passage} Dewi Lestari hadir.")
    changed = with_others_passages([[first, mined], [told_twice], [others[1]]])[0]
    assert changed[0] == first
    assert [pair.passage for pair in changed[1:]] == [others[1].passage]
    assert all(pair.question == first.question and not pair.answerable for pair in changed[1:])


def test_an_answer_known_only_roughly_may_begin_and_end_at_each_of_its_words() -> None:
    exact = example(TEXT, "Dewi Lestari, memimpin")
    rough = msgspec.structs.replace(exact, known_span=False)
    encoding = load_tokenizer().encode(exact.question, exact.context + exact.passage)
    starts, ends = answer_tokens(encoding, exact)
    anywhere, also = answer_tokens(encoding, rough)
    assert anywhere == also == list(range(starts[0], ends[0] + 1))
    assert len(starts) == len(ends) == 1 < len(anywhere)
    assert TEXT[encoding.offsets[starts[0]][0] : encoding.offsets[ends[0]][1]].strip() == "Dewi Lestari, memimpin"
    assert answer_tokens(encoding, msgspec.structs.replace(exact, answer=None)) == ([], [])


def test_batches_of_the_encoder_are_of_one_source_and_hold_every_question_at_most_once() -> None:
    triples = [Triple(source, f"{source} {n}", "a", "p", "n") for source in ("facqa", "news") for n in range(40)]
    batches = make_batches(triples, random.Random(1))
    assert all(len({triple.source for triple in batch}) == 1 for batch in batches)
    asked = [triple.question for batch in batches for triple in batch]
    assert len(asked) == len(set(asked)) == 64


def test_a_passage_that_holds_a_questions_answer_is_no_negative_for_it() -> None:
    batch = [Triple("facqa", "siapa?", "dewi", "Dewi hadir.", "Rudi."), Triple("facqa", "siapa?", "rudi", "Rudi.", "-")]
    passages = [triple.passage for triple in batch] + [triple.negative for triple in batch]
    assert may_answer(batch, passages) == [[False, False, False, False], [False, False, True, False]]


def test_training_teaches_a_reader_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits

    from embeddings.training.network import PAD, as_tensors

    tokenizer = Tokenizer.from_file(str(MODEL / TOKENIZER_FILE))
    tokenizer.enable_padding(pad_id=PAD, pad_token="<pad>")
    question, start = "Siapa camat Rambutan?", TEXT.index("Dewi Lestari")
    right = Example("facqa", question, "", TEXT, (start, start + len("Dewi Lestari")), True)
    wrong = Example("facqa", question, "", PASSAGES[1].text, None, False)

    def loss_after(steps: int, rate: float = 1e-3) -> float:
        network = small_network()
        train("small", tmp_path, tokenizer, network, [[[right, wrong]]] * steps, rate)
        pairs = [(question, right.passage), (question, wrong.passage)]
        with torch.no_grad():
            _, _, answers = network(*as_tensors(tokenizer.encode_batch(pairs)))
        return float(binary_cross_entropy_with_logits(answers, torch.tensor([1.0, 0.0])))

    after_ten = loss_after(10)
    # Nothing is left to do, at any rate.
    assert loss_after(10, rate=1.0) == after_ten
    assert loss_after(100) < 0.3 < after_ten


def test_an_exported_network_computes_what_the_trained_one_does(tmp_path: Path) -> None:
    import torch

    from embeddings.training.network import mean_pooled, tokenize

    reader = small_network()
    trunk = reader.trunk
    trunk.save_pretrained(tmp_path / "base")
    shutil.copy(MODEL / TOKENIZER_FILE, tmp_path / "base")
    # A few channels far larger than the rest, as trained networks have them.
    with torch.no_grad():
        trunk.encoder.layer[0].attention.output.LayerNorm.weight[:3] *= 15
    torch.save(trunk.state_dict(), tmp_path / "encoder.pt")
    torch.save(reader.state_dict(), tmp_path / "reader.pt")
    triples = [Triple("facqa", "siapa?", "dewi", passage.text, "lain") for passage in PASSAGES]
    (tmp_path / TRIPLES_FILE).write_bytes(msgspec.json.encode(triples))
    pairs = [[Example("facqa", "siapa?", passage.context, passage.text, None, False)] for passage in PASSAGES]
    (tmp_path / PAIRS_FILE.format(epoch=1)).write_bytes(msgspec.json.encode(pairs))
    export(tmp_path, tmp_path / "model")
    before = (tmp_path / "model" / READER_FILE).read_bytes()
    for name, weight in read_weights(tmp_path / "model" / READER_FILE).items():
        if "position" not in name:
            assert weight == pytest.approx(reader.state_dict()[name].numpy(), abs=0.02), name
    (tmp_path / "reader.pt").rename(tmp_path / "reader.kept")
    export(tmp_path, tmp_path / "model")
    assert (tmp_path / "model" / READER_FILE).read_bytes() == before

    texts = ["Siapa camat Rambutan?", "Rapat koordinasi digelar di aula, Senin (17/7/2023).", "12 desa"]
    with torch.no_grad():
        ids, mask = tokenize(Tokenizer.from_file(str(MODEL / TOKENIZER_FILE)), texts, 64)
        expected = mean_pooled(trunk, (ids, mask)).numpy()
        start, end, answers = reader(ids, mask)
    assert (BundledEncoder(tmp_path / "model").encode(texts) * expected).sum(axis=1).min() > 0.98
    network = Network(tmp_path / "model" / READER_FILE)
    encodings = load_tokenizer(tmp_path / "model").encode_batch(texts)
    for position, (span, answered) in network.run(encodings, 2):
        length = int(mask[position].sum())
        assert span[:length, 0] == pytest.approx(start[position, :length].numpy(), abs=0.1)
        assert span[:length, 1] == pytest.approx(end[position, :length].numpy(), abs=0.1)
        assert answered[0] == pytest.approx(float(answers[position]), abs=0.1)
    assert Network(tmp_path / "model" / ENCODER_FILE).name.startswith("wartabot-encoder-")
    assert np.isfinite(expected).all()


def test_the_reader_that_is_shipped_can_be_read_back_to_be_trained_on() -> None:
    weights = read_weights(MODEL / READER_FILE)
    layers = {name.split(".")[3] for name in weights if name.startswith("trunk.encoder.layer.")}
    assert layers == {str(number) for number in range(12)}
    for name, weight in weights.items():
        assert np.isfinite(weight).all() and weight.dtype == np.float32, name
