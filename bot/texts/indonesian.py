from bot.texts.texts import Texts

INDONESIAN = Texts(
    language="id",
    language_name="Bahasa Indonesia",
    welcome=(
        "Halo! Tanyakan apa saja tentang berita pemerintah daerah, misalnya “siapa camat Sungai Raya?”. Saya menjawab "
        "dengan kutipan asli dari berita, lengkap dengan sumber dan tanggalnya.\n\n"
        "Saat ini ada {articles} berita{span}."
    ),
    welcome_empty="Halo! Belum ada berita yang bisa saya kutip. Coba lagi nanti, ya.",
    greeting_group=(
        "Halo semua! Saya menjawab pertanyaan tentang berita pemerintah daerah dengan kutipan asli.\n"
        "Ketik /tanya lalu pertanyaannya, atau sebut @{bot}."
    ),
    help=(
        "Tulis pertanyaan Anda, saya carikan kalimat berita yang menjawabnya. Contoh:\n"
        "• siapa camat Sungai Raya?\n"
        "• kapan rakor di Rantau Bayur?\n"
        "• berapa penduduk Banyuasin?\n\n"
        "Setiap jawaban adalah kutipan kata demi kata dari berita. Kalau tidak ada berita yang menjawab, saya bilang "
        "apa adanya. Salah ketik? Sunting pertanyaannya, jawabannya ikut berubah.\n\n"
        "/tanya – ajukan pertanyaan\n"
        "/pejabat – siapa saja pejabat suatu daerah\n"
        "/rapat – rapat dan kegiatan suatu daerah\n"
        "/sumber – berita apa saja yang ada\n"
        "/setelan – bahasa dan jumlah kutipan\n"
        "/privasi – data apa yang disimpan\n"
        "/hapusdata – hapus data Anda\n"
        "/bantuan – tampilkan pesan ini"
    ),
    help_group=(
        "Di grup, ketik /tanya lalu pertanyaannya, sebut @{bot}, atau balas pesan saya. "
        "Balas pesan orang dengan /tanya untuk menanyakan isi pesan itu. Pesan lain tidak saya baca.\n\n"
        "/sumber – berita apa saja yang ada\n"
        "/setelan – setelan grup (untuk admin)\n"
        "/privasi – data apa yang disimpan"
    ),
    ask_something="Silakan tulis pertanyaannya setelah /tanya, misalnya: /tanya siapa camat Sungai Raya?",
    ask_region="Tulis nama daerahnya setelah /pejabat, misalnya: /pejabat Banyuasin",
    ask_meetings="Tulis nama daerahnya setelah /rapat, misalnya: /rapat Banyuasin 2023",
    hello="Halo! Mau tanya apa tentang berita daerah?",
    thanks="Sama-sama! Silakan tanya lagi kapan saja.",
    who_are_you="Saya bot yang menjawab pertanyaan dengan kutipan berita daerah. Coba: siapa camat Sungai Raya?",
    goodbye="Sampai jumpa!",
    unknown_source="sumber tidak diketahui",
    unknown_date="tanggal tidak diketahui",
    page="hlm. {number}",
    untitled="Tanpa judul",
    open_article="Buka berita",
    older_version="versi lama",
    shortened="(kutipan dipotong karena panjang)",
    not_found="Maaf, saya belum menemukan jawabannya dalam {articles} berita yang saya punya{span}.",
    not_named="Maaf, dari {articles} berita yang saya punya{span} belum ada yang menyebut siapa {office}.",
    nothing_indexed="Maaf, belum ada berita yang bisa saya cari.",
    maybe="❔ Mungkin ini yang dicari:",
    near="Yang paling dekat, tetapi mungkin bukan jawabannya:",
    holder="{office}: {name} (terakhir disebut {date})",
    holder_undated="{office}: {name} (tanggal beritanya tidak diketahui)",
    holder_former="{office}: {name} (disebut {date})",
    other_holders="Nama lain untuk jabatan ini, dari yang terbaru:",
    holder_listed="• {office}: {name} ({date})",
    other_holder="• {name} ({date})",
    continued="Melanjutkan: {question}",
    drop_context="Tanpa lanjutan",
    searched_for="Mencari: {words}",
    meetings_listed="Rapat dan kegiatan yang diberitakan, dari yang terbaru:",
    meeting="{when}: {what}{place}",
    meeting_place=", di {place}",
    meeting_day="{day} (tanggal lengkap tidak disebut; berita {date})",
    meeting_without_day="tanggal tidak disebut (berita {date})",
    period="Periode: {period}",
    period_from="sejak {date}",
    period_until="sampai {date}",
    drop_period="Tanpa periode",
    copies="juga dimuat oleh {number} media: {outlets}",
    several_regions="Ada beberapa daerah dengan nama itu. Tambahkan kabupatennya, misalnya: {around}",
    holders_disagree="Perhatikan: lebih dari satu nama disebut, dan beritanya tidak memastikan siapa yang terbaru.",
    ways_on="Coba dengan kata lain, atau lihat /sumber.",
    gone="Kutipan ini sudah tidak ada dalam arsip.",
    unfold="Selengkapnya",
    fold="Ringkas",
    next_source="Sumber lain › ({number}/{total})",
    first_source="‹ Sumber pertama",
    copy="Salin",
    copy_here="Tekan lama untuk menyalin:",
    good="👍",
    bad="👎",
    report="Laporkan",
    report_reasons={
        "person": "Salah orang",
        "place": "Salah tempat",
        "old": "Sudah usang",
        "question": "Tidak menjawab",
    },
    report_back="Kembali",
    report_withdraw="Batalkan laporan",
    share="Bagikan",
    share_whatsapp="WhatsApp",
    notify_me="🔔 Beri tahu saya",
    noted="🔔 Sudah dicatat",
    show_all="Tampilkan ke semua",
    only_you_see="hanya Anda yang melihat",
    answer_ready="Jawabannya sudah ada. Tekan tombol ini untuk melihatnya.",
    thanks_good="Terima kasih!",
    thanks_bad="Terima kasih, saya catat.",
    vote_withdrawn="Penilaian dibatalkan.",
    ask_reason="Apa yang keliru?",
    thanks_reason="Terima kasih, laporan dicatat.",
    report_withdrawn="Laporan dibatalkan.",
    wish_noted="Dicatat. Pemberitahuan akan dikirim setelah layanan ini siap.",
    not_yours="Tombol ini hanya untuk penanyanya.",
    expired="Tombol ini sudah kedaluwarsa. Silakan tanyakan lagi.",
    inline_empty="Ketik pertanyaan, misalnya: camat sungai raya",
    inline_none="Tidak ada berita yang menjawab – buka bot",
    inline_slow_down="Pelan-pelan, ya. Coba lagi sebentar lagi.",
    ask_here="Tanya juga",
    sources="Ada {articles} berita dari {outlets} media{newest}.",
    source_line="{source}: {articles} berita{newest}",
    newest=", terbaru {date}",
    previous_page="‹ Sebelumnya",
    next_page="Berikutnya ›",
    article_gone="Berita ini sudah tidak ada dalam arsip.",
    settings_private="Setelan Anda:",
    settings_group="Setelan grup ini:",
    settings_only_admins="Hanya admin grup yang bisa mengubah setelan.",
    setting_language="Bahasa: {language}",
    setting_quotes="Kutipan sekaligus: {number}",
    setting_mention_on="Jawab bila disebut: ya",
    setting_mention_off="Jawab bila disebut: tidak",
    setting_private_on="Jawaban: hanya untuk penanya",
    setting_private_off="Jawaban: untuk semua",
    setting_quiet_on="Tanpa bunyi: pukul {start}–{end}",
    setting_quiet_off="Tanpa bunyi: tidak pernah",
    privacy=(
        "Yang disimpan di server pengelola bot ini, bersama nomor akun Telegram Anda:\n"
        "• pertanyaan Anda dan jawaban yang saya kirim, supaya tombol dan pertanyaan lanjutan berfungsi: {days} hari\n"
        "• penilaian dan laporan Anda: selama jawabannya disimpan\n"
        "• pertanyaan yang belum terjawab: {days} hari; pengelola membacanya tanpa tahu siapa yang bertanya\n"
        "• pertanyaan yang Anda tunggu (“Beri tahu saya”) dan setelan: sampai Anda menghapusnya\n"
        "• pesan yang sedang saya jawab: sampai jawabannya terkirim\n\n"
        "Di grup hanya pertanyaan yang ditujukan kepada saya yang disimpan. Yang Anda ketik lewat @ (inline) tidak "
        "disimpan. Orang lain bisa membuka jawaban yang tampil di grup, tetapi tidak jawaban di obrolan pribadi.\n\n"
        "/hapusdata menghapus semuanya saat itu juga. Pesan yang sudah ada di Telegram, dan cadangan (backup) yang "
        "mungkin dibuat pengelola, tidak ikut terhapus."
    ),
    forget_question=(
        "Hapus semua data Anda: pertanyaan dan jawaban yang disimpan, penilaian, laporan, setelan, dan yang Anda "
        "tunggu? Ini tidak bisa dibatalkan, dan tombol pada jawaban lama tidak berfungsi lagi."
    ),
    forget_yes="Ya, hapus semua",
    forget_no="Batal",
    forgotten="Semua data Anda sudah dihapus.",
    not_forgotten="Baik, tidak ada yang dihapus.",
    forget_anonymous=(
        "Anda menulis atas nama grup, jadi saya tidak tahu data siapa yang harus dihapus. Data grup ini terhapus "
        "semua kalau saya dikeluarkan dari grup."
    ),
    question_too_long=(
        "Maaf, pertanyaannya terlalu panjang ({length} huruf). Tolong ringkas menjadi paling banyak {most} huruf."
    ),
    text_only="Maaf, saya hanya bisa membaca tulisan. Silakan ketik pertanyaannya.",
    slow_down="Pelan-pelan, ya. Silakan tanya lagi dalam {seconds} detik.",
    busy="Maaf, sedang banyak pertanyaan. Silakan coba lagi sebentar lagi.",
    not_allowed="Maaf, bot ini hanya melayani obrolan tertentu.",
    failed="Maaf, ada gangguan sehingga pertanyaan Anda belum terjawab. Silakan coba lagi sebentar lagi.",
    maybe_lost="Tadi ada gangguan; jawaban untuk pertanyaan ini mungkin belum sampai. Mau ditampilkan?",
    maybe_lost_ask_again="Tadi ada gangguan; jawaban untuk pertanyaan ini mungkin belum sampai. Silakan tanyakan lagi.",
    show_answer="Tampilkan jawaban",
    months=(
        "Januari", "Februari", "Maret", "April", "Mei", "Juni",
        "Juli", "Agustus", "September", "Oktober", "November", "Desember",
    ),
    thousands_separator=".",
    terminal_hint="Tulis pertanyaan lalu tekan Enter; baris kosong atau Ctrl-D untuk selesai.",
    terminal_goodbye="Sampai jumpa!",
    command_ask="tanya isi berita",
    command_help="cara bertanya",
    command_start="mulai",
    command_meetings="rapat dan kegiatan suatu daerah",
    command_officials="pejabat suatu daerah",
    command_sources="berita apa saja yang ada",
    command_settings="ubah setelan",
    command_privacy="data apa yang disimpan",
    command_forget="hapus data saya",
    description=(
        "Tanyakan berita pemerintah daerah: siapa camatnya, kapan rakornya, berapa penduduknya. Saya menjawab dengan "
        "kutipan asli dari berita, dengan sumber dan tanggal, dan bilang apa adanya bila tidak ada yang menjawab."
    ),
    short_description="Menjawab pertanyaan tentang berita pemerintah daerah dengan kutipan asli, sumber dan tanggal.",
)  # fmt: skip
