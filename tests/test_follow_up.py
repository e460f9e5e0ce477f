import pytest

from tests.conftest import understood

DIALOGUES = [
    # --- only the question word is new ---
    ("kapan rakor di Tanjung Lago?", "di mana?", "di mana rakor tanjung lago"),
    ("kapan rakor di Tanjung Lago?", "dmn", "dmn rakor tanjung lago"),
    ("di mana rakor rantau bayur", "kapan itu?", "kapan itu rakor rantau bayur"),
    ("di mana rakor rantau bayur", "kpn?", "kpn rakor rantau bayur"),
    ("kapan rakor Rantau Bayur?", "kenapa?", "kenapa rakor rantau bayur"),
    ("siapa camat Sungai Raya?", "sejak kapan?", "sejak kapan camat sungai raya"),
    ("When was the Tanjung Lago meeting?", "where?", "where tanjung lago meeting"),
    ("berapa penduduk Banyuasin?", "kapan?", "kapan penduduk banyuasin"),
    # --- an aspect of it ---
    ("kapan rakor di Tanjung Lago?", "siapa yang hadir?", "siapa yang hadir rakor tanjung lago"),
    ("kapan rakor di Tanjung Lago?", "siapa saja pesertanya", "siapa saja pesertanya rakor tanjung lago"),
    ("kapan rakor rantau bayur", "apa tujuannya?", "apa tujuannya rakor rantau bayur"),
    ("kapan rakor rantau bayur", "tema rapatnya apa?", "tema rapatnya apa rakor rantau bayur"),
    ("di mana rapat sinkronisasi Banyuasin", "temanya?", "temanya rapat sinkronisasi banyuasin"),
    ("di mana rapat sinkronisasi Banyuasin", "anggarannya berapa?", "anggarannya berapa rapat sinkronisasi banyuasin"),
    ("kapan rakor rantau bayur", "lokasinya di mana?", "lokasinya di mana rakor rantau bayur"),
    ("kapan musrenbang rambutan", "hasilnya apa", "hasilnya apa musrenbang rambutan"),
    ("kapan musrenbang rambutan", "siapa yang membuka?", "siapa yang membuka musrenbang rambutan"),
    ("When was the Tanjung Lago meeting?", "who attended it?", "who attended it tanjung lago meeting"),
    # --- another region ---
    ("siapa camat Sungai Raya?", "kalau Tanjung Lago?", "siapa camat tanjung lago?"),
    ("siapa camat Sungai Raya?", "kalo di tanjung lago gimana?", "siapa camat tanjung lago?"),
    ("siapa bupati hss", "nah kalau banyuasin?", "siapa bupati banyuasin"),
    ("siapa bupati hss", "terus oku?", "siapa bupati oku"),
    ("kapan rakor rantau bayur", "kalo di tanjung lago?", "kapan rakor tanjung lago"),
    ("jumlah penduduk banyuasin", "bagaimana dengan Musi Rawas?", "jumlah penduduk musi rawas"),
    ("kapan rakor di Kecamatan Rambutan?", "lalu Baturaja Timur?", "kapan rakor di baturaja timur?"),
    ("Who is the regent of Banyuasin?", "what about Lahat?", "Who is the regent of lahat?"),
    ("apa kepanjangan DMD", "kalau banyuasin?", "apa kepanjangan DMD banyuasin"),
    # --- another office, another year ---
    ("siapa bupati banyuasin", "wakilnya?", "siapa wakil bupati banyuasin"),
    ("siapa bupati banyuasin", "kalau wakilnya siapa?", "siapa wakil bupati banyuasin"),
    ("siapa gubernur sumsel", "wakilnya siapa", "siapa wakil gubernur sumatera selatan"),
    ("siapa wakil bupati banyuasin", "kalau 2021?", "siapa wakil bupati banyuasin 2021"),
    ("siapa wakil bupati banyuasin 2023", "kalau 2021?", "siapa wakil bupati banyuasin 2021"),
    ("rapat apa saja di Banyuasin 2023", "kalau Juli 2022?", "rapat apa saja di Banyuasin Juli 2022"),
    ("rapat apa saja di Banyuasin?", "bulan lalu?", "rapat apa saja di Banyuasin bulan lalu"),
    ("rapat apa saja di Banyuasin minggu ini", "nah sebelum 2023?", "rapat apa saja di Banyuasin sebelum 2023"),
    ("kapan rakor banyuasin 2023", "siapa yang hadir?", "siapa yang hadir rakor banyuasin 2023"),
    # --- what stands alone ---
    ("kapan rakor rantau bayur", "siapa bupati hss", None),
    ("kapan rakor rantau bayur", "berapa penduduk banyuasin", None),
    ("siapa camat sungai raya", "halo", None),
    ("siapa camat sungai raya", "terima kasih", None),
    ("siapa camat sungai raya", "desa mana yang belum ada listrik?", None),
    ("siapa camat sungai raya", "apa kepanjangan DMD?", None),
    ("siapa camat sungai raya", "pejabat banyuasin", None),
    ("siapa camat sungai raya", "camat tanjung lago", None),
    ("kapan?", "di mana?", None),
    ("siapa camat sungai raya", "di mana " + "sekali " * 20, None),
]  # fmt: skip


@pytest.mark.parametrize(("before", "question", "completed"), DIALOGUES)
def test_a_question_takes_from_the_one_before_what_it_leaves_out_and_nothing_else(
    before: str, question: str, completed: str | None
) -> None:
    assert understood(question, before).completed == completed
