"""Further human question sets in SQuAD's form, mostly English: reading that is learnt from them carries over.

Some of SQuAD's questions stand here in English and, with the translated passage, in Indonesian. They are found by
meaning, so that they can be asked in English on the Indonesian passage too.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from embeddings.models.encoder import Encoder, EncoderSettings
from embeddings.training.questions import Example, is_held_out, rows

FOLDER = "qa_more"
TRANSLATED = "id_squad_mt_itb_trainpart"
ORIGINALS = ("en_squad1_du_test", "en_squad1_sample")
# Articles without titles, and those that may share an article with them, can only be learnt from.
UNTITLED = (TRANSLATED, *ORIGINALS, "en_qamr")
TITLED = (
    "id_qasina",
    "id_tydiqa_extra",
    "en_squad1_dev",
    "en_squad2_dev_half",
    "en_squadshifts_new_wiki",
    "en_nq_qed_dev",
)
# Of thirty pairs between this and .97, read by eye, every one was one question.
SAME_QUESTION = 0.86


def load_squad(data: Path, split: str) -> list[Example]:
    """Every question of the further sets; `split` is train or dev, one article in seven being held out as dev."""
    examples = [
        _example(name, row)
        for name in TITLED
        for row in _rows(data, name)
        if is_held_out(row["title"]) == (split == "dev")
    ]
    if split == "train":
        examples += [_example(name, row) for name in UNTITLED for row in _rows(data, name)]
    return examples


def english_questions(examples: Sequence[Example]) -> dict[str, str]:
    """For translated questions the English original, where the sets hold it and the encoder finds it."""
    translated = [example.question for example in examples if example.source == TRANSLATED]
    english = [example.question for example in examples if example.source in ORIGINALS]
    encoder = Encoder(EncoderSettings())
    cosines = encoder.encode_queries(translated) @ encoder.encode_queries(english).T
    nearest, nearest_back = cosines.argmax(axis=1), cosines.argmax(axis=0)
    return {
        question: english[column]
        for row, (question, column) in enumerate(zip(translated, nearest, strict=True))
        if cosines[row, column] >= SAME_QUESTION and nearest_back[column] == row
    }


def is_english(example: Example) -> bool:
    return example.source.startswith("en_")


def _rows(data: Path, name: str) -> Iterator[dict[str, Any]]:
    compressed = data / FOLDER / f"{name}.jsonl.gz"
    return rows(compressed if compressed.exists() else compressed.with_suffix(""))


def _example(name: str, row: dict[str, Any]) -> Example:
    # The first of several annotators' answers is not always careful; the shortest seldom holds too much.
    spans = [(answer["start"], answer["start"] + len(answer["text"])) for answer in row["answers"]]
    answer = min(spans, key=lambda span: span[1] - span[0], default=None)
    title = row.get("title", "").replace("_", " ")
    question = " ".join(row["question"].split())
    return Example(name, question, f"{title}\n" if title else "", row["context"], answer, row["answerable"])
