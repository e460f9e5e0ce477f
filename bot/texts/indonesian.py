from bot.texts.texts import Texts

INDONESIAN = Texts(
    welcome=(
        "Halo! Tanyakan apa saja tentang berita pemerintah daerah, misalnya “siapa camat Sungai Raya?”. Saya menjawab "
        "dengan kutipan asli dari berita, lengkap dengan sumber dan tanggalnya.\n\n"
        "Saat ini ada {articles} berita{span}."
    ),
    welcome_empty="Halo! Belum ada berita yang bisa saya kutip. Coba lagi nanti, ya.",
    help=(
        "Tulis pertanyaan Anda, saya carikan kalimat berita yang menjawabnya. Contoh:\n"
        "• siapa camat Sungai Raya?\n"
        "• kapan rakor di Rantau Bayur?\n"
        "• berapa penduduk Banyuasin?\n\n"
        "Setiap jawaban adalah kutipan kata demi kata dari berita. Kalau tidak ada berita yang menjawab, saya bilang "
        "apa adanya.\n\n"
        "/tanya – ajukan pertanyaan\n"
        "/bantuan – tampilkan pesan ini"
    ),
    not_found="Maaf, tidak ada jawabannya dalam {articles} berita yang saya punya.",
    nothing_indexed="Maaf, belum ada berita yang bisa saya cari.",
    near="Yang paling dekat, tetapi belum tentu menjawab:",
    unknown_source="sumber tidak diketahui",
    unknown_date="tanggal tidak diketahui",
    open_article="buka berita",
    ask_something="Silakan tulis pertanyaannya setelah /tanya, misalnya: /tanya siapa camat Sungai Raya?",
    question_too_long=(
        "Maaf, pertanyaannya terlalu panjang ({length} huruf). Tolong ringkas menjadi paling banyak {most} huruf."
    ),
    text_only="Maaf, saya hanya bisa membaca tulisan. Silakan ketik pertanyaannya.",
    failed="Maaf, ada gangguan sehingga pertanyaan Anda belum terjawab. Silakan coba lagi sebentar lagi.",
    shortened="(kutipan dipotong karena panjang)",
    months=(
        "Januari", "Februari", "Maret", "April", "Mei", "Juni",
        "Juli", "Agustus", "September", "Oktober", "November", "Desember",
    ),
    terminal_hint="Tulis pertanyaan lalu tekan Enter; baris kosong atau Ctrl-D untuk selesai.",
    terminal_goodbye="Sampai jumpa!",
    command_ask="tanya isi berita",
    command_help="cara bertanya",
    command_start="mulai",
)  # fmt: skip
