import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from embeddings import Encoder, EncoderSettings, EncoderUnavailable
from embeddings.models.bundled import MODEL, TOKENIZER_FILE
from tests.conftest import ROOT

TEXTS = [
    "Siapa camat Sungai Raya?",
    "Rapat koordinasi digelar di aula kecamatan, Selasa (17/7/2023).",
    "Kabupaten Banyuasin terdiri atas 21 kecamatan dan 288 desa. " * 6,
    "Who is the head of the district? “Ya”, kata H. Umar, S.H. – 100 % 😀",
]


def test_embeddings_are_of_unit_length_and_do_not_depend_on_what_else_is_encoded(encoder: Encoder) -> None:
    together = encoder.encode_passages(TEXTS)
    assert together.shape == (len(TEXTS), 384)
    assert together.dtype == np.float32
    assert np.linalg.norm(together, axis=1) == pytest.approx(1, abs=1e-5)
    for text, embedding in zip(TEXTS, together, strict=True):
        assert encoder.encode_passages([text])[0] == pytest.approx(embedding, abs=1e-3)


def test_what_means_the_same_is_near(encoder: Encoder) -> None:
    passages = encoder.encode_passages(
        [
            "Camat Sungai Raya, Fathul Mushalli, membuka rapat.",
            "Harga emas naik lagi.",
            "Jalan desa diperbaiki tahun depan.",
        ]
    )
    asked = encoder.encode_queries(["siapa camat sungai raya", "kenaikan harga logam mulia", "perbaikan jalan kampung"])
    assert (asked @ passages.T).argmax(axis=1).tolist() == [0, 1, 2]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_model_directory_gives_the_same_embeddings_in_sentence_transformers(encoder: Encoder) -> None:
    from sentence_transformers import SentenceTransformer

    # The module that runs the int8 file is this program's own, which the library asks to be trusted by name.
    model = SentenceTransformer(str(MODEL), device="cpu", trust_remote_code=True)
    assert model.encode(TEXTS, prompt_name="query") == pytest.approx(encoder.encode_queries(TEXTS), abs=1e-3)
    one_by_one = [model.encode(text, prompt_name="document") for text in TEXTS]
    assert np.array(one_by_one) == pytest.approx(
        np.concatenate([encoder.encode_passages([text]) for text in TEXTS]), abs=1e-5
    )


def test_every_character_can_be_encoded_and_is_counted(encoder: Encoder) -> None:
    tokenizer = Tokenizer.from_file(str(MODEL / TOKENIZER_FILE))
    for text in ("Ωλ 你好 😀🏽 ﷽ ꦲꦏ꧀ꦱꦫ", "réunion Ñandú", "a" * 2000):
        assert tokenizer.token_to_id("<unk>") not in tokenizer.encode(text).ids
        assert encoder.count_tokens([text])[0] > 0
        assert np.isfinite(encoder.encode_passages([text])).all()


def test_the_model_is_small_enough_for_the_repository() -> None:
    assert sum(path.stat().st_size for path in MODEL.iterdir()) <= 60_000_000


def test_the_model_leaves_nothing_in_the_home_folder_and_tells_nobody_of_its_start(tmp_path: Path) -> None:
    program = "from embeddings import Encoder, EncoderSettings as S; Encoder(S()).encode_queries(['siapa camat?'])"
    outside = {
        name: value for name, value in os.environ.items() if name not in ("ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME")
    }
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, env={**outside, "HOME": str(tmp_path)}, check=True)
    assert list(tmp_path.iterdir()) == []


def test_no_text_gives_no_embedding(encoder: Encoder) -> None:
    assert encoder.encode_passages([]).shape == (0, 384)
    assert encoder.count_tokens([]) == []


def test_prompts_can_be_replaced(encoder: Encoder) -> None:
    other = Encoder(EncoderSettings(query_prompt="passage: "))
    assert other.encode_queries(TEXTS[:1]) == pytest.approx(encoder.encode_passages(TEXTS[:1]), abs=1e-5)


def test_another_sentence_transformers_model_is_loaded_by_its_path_with_its_own_prompts(other_model: Path) -> None:
    other = Encoder(EncoderSettings(model=str(other_model)))
    assert (other.dimension, other.name) == (32, str(other_model))
    same = Encoder(EncoderSettings(model=str(other_model), passage_prompt="tanya: "))
    assert other.encode_queries(TEXTS) == pytest.approx(same.encode_passages(TEXTS), abs=1e-5)
    assert other.count_tokens(["Siapa camat?"]) == same.count_tokens(["Siapa camat?"]) != [0]


def test_a_model_that_cannot_be_had_says_in_one_line_what_to_do() -> None:
    with pytest.raises(EncoderUnavailable) as error:
        Encoder(EncoderSettings(model="nobody/no-such-model"))
    message = str(error.value)
    assert "nobody/no-such-model" in message and "[encoder] model" in message and '"bundled"' in message
    assert "\n" not in message


def test_without_sentence_transformers_another_model_says_which_command_brings_it(
    monkeypatch: pytest.MonkeyPatch, encoder: Encoder
) -> None:
    monkeypatch.delitem(sys.modules, "embeddings.models.sentence_transformer", raising=False)
    # What stands as None cannot be imported.
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(EncoderUnavailable) as error:
        Encoder(EncoderSettings(model="intfloat/multilingual-e5-small"))
    message = str(error.value)
    assert all(word in message for word in ("intfloat/multilingual-e5-small", "sentence-transformers", "torch"))
    assert "`make encoders`" in message and "pip install 'wartabot[encoders]'" in message and '"bundled"' in message
    assert "\n" not in message
    assert Encoder(EncoderSettings()).name == encoder.name
