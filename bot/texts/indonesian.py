from bot.texts import administrators, subscriptions
from bot.texts.texts import Texts

INDONESIAN = Texts(
    **administrators.INDONESIAN,
    **subscriptions.INDONESIAN,
    language="id",
    language_name="Bahasa Indonesia",
    bot_name="bot berita daerah",
    welcome=(
        "Halo! Saya {name}. Tanyakan apa saja tentang berita pemerintah daerah. Saya menjawab dengan kutipan asli dari "
        "berita, lengkap dengan sumber dan tanggalnya."
    ),
    welcome_articles="Saat ini ada {articles} berita{span}.",
    welcome_try="Coba salah satu:",
    add_to_group="Tambahkan ke grup",
    welcome_empty="Halo! Belum ada berita yang bisa saya kutip. Coba lagi nanti, ya.",
    greeting_group=(
        "Halo semua! Saya menjawab pertanyaan tentang berita pemerintah daerah dengan kutipan asli.\n"
        "Ketik /tanya lalu pertanyaannya, atau sebut @{bot}."
    ),
    help=(
        "Tulis pertanyaan Anda, saya carikan kalimat berita yang menjawabnya. Contoh:\n"
        "{examples}\n\n"
        "Setiap jawaban adalah kutipan kata demi kata dari berita. Kalau tidak ada berita yang menjawab, saya bilang "
        "apa adanya. Salah ketik? Sunting pertanyaannya, jawabannya ikut berubah.\n\n"
        "/tanya – ajukan pertanyaan\n"
        "/berita – berita terbaru, boleh dengan nama daerah\n"
        "/pejabat – siapa saja pejabat suatu daerah\n"
        "/rapat – rapat dan kegiatan suatu daerah\n"
        "/langganan – kabari saya kalau ada berita baru\n"
        "/sumber – berita apa saja yang ada\n"
        "/setelan – bahasa dan jumlah kutipan\n"
        "/privasi – data apa yang disimpan\n"
        "/hapusdata – hapus data Anda\n"
        "/start – mulai dari awal\n"
        "/bantuan – tampilkan pesan ini"
    ),
    help_group=(
        "Di grup, ketik /tanya lalu pertanyaannya, sebut @{bot}, atau balas pesan saya. "
        "Balas pesan orang dengan /tanya untuk menanyakan isi pesan itu. Pesan lain tidak saya baca.\n\n"
        "/tanya – ajukan pertanyaan\n"
        "/berita – berita terbaru, boleh dengan nama daerah\n"
        "/pejabat – siapa saja pejabat suatu daerah\n"
        "/rapat – rapat dan kegiatan suatu daerah\n"
        "/sumber – berita apa saja yang ada\n"
        "/langganan – kabari grup kalau ada berita baru (untuk admin)\n"
        "/setelan – setelan grup (untuk admin)\n"
        "/privasi – data apa yang disimpan\n"
        "/hapusdata – hapus data Anda\n"
        "/start – contoh pertanyaan\n"
        "/bantuan – tampilkan pesan ini"
    ),
    help_examples=("siapa nama camat di daerah saya?", "kapan rakor kecamatan?", "berapa jumlah desa yang dibantu?"),
    ask_something="Silakan tulis pertanyaannya setelah /tanya, misalnya: /tanya siapa camat Sungai Raya?",
    ask_region="Tulis nama daerahnya setelah /pejabat, misalnya: /pejabat Banyuasin",
    ask_meetings="Tulis nama daerahnya setelah /rapat, misalnya: /rapat Banyuasin 2023",
    hello="Halo! Mau tanya apa tentang berita daerah?",
    salam="Waalaikumsalam. Mau tanya apa tentang berita daerah?",
    salam_returned="Waalaikumsalam.",
    thanks="Sama-sama! Silakan tanya lagi kapan saja.",
    who_are_you=(
        "Saya bot, bukan orang. Saya menjawab pertanyaan dengan kutipan berita daerah. Contohnya ada di /bantuan."
    ),
    abilities=(
        "Tulis saja pertanyaannya, nanti saya carikan kalimat berita yang menjawab, lengkap dengan sumber dan "
        "tanggalnya. Contoh dan perintahnya ada di /bantuan."
    ),
    my_sources="Dari berita yang ada dalam arsip saya. Daftar medianya ada di /sumber.",
    ask_away="Silakan, mau tanya apa? Tulis saja pertanyaannya.",
    praised="Terima kasih! Ada lagi yang mau ditanyakan?",
    tested="Ya, saya di sini. Mau tanya apa tentang berita daerah?",
    rude="Maaf kalau jawaban saya mengecewakan. Coba tanyakan dengan kata lain, atau lihat /bantuan.",
    goodbye="Sampai jumpa!",
    unknown_source="sumber tidak diketahui",
    unknown_date="tanpa tanggal",
    undated="{number} tanpa tanggal",
    undated_article="berita tanpa tanggal",
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
    holder_undated="{office}: {name} (berita tanpa tanggal)",
    holder_former="{office}: {name} (disebut {date})",
    other_holders="Nama lain untuk jabatan ini, dari yang terbaru:",
    holder_listed="• {office}: {names}",
    other_named="{name} ({date})",
    holders_more="… dan {number} jabatan lain. Tambahkan nama daerahnya supaya lebih pas.",
    other_holder="• {name} ({date})",
    continued="Melanjutkan: {question}",
    drop_context="Tanpa lanjutan",
    searched_for="Mencari: {words}",
    meetings_listed="Rapat dan kegiatan yang diberitakan, dari yang terbaru:",
    meetings_counted="{number} kali menurut berita yang saya punya:",
    meeting="{when}: {what}{place}",
    table_of_officials=("Jabatan", "Nama", "Berita"),
    table_of_meetings=("Kapan", "Rapat atau kegiatan", "Tempat"),
    meeting_place=", di {place}",
    meeting_day="{day} (tanggal lengkap tidak disebut; berita {date})",
    meeting_without_day="tanggal tidak disebut (berita {date})",
    period="Periode: {period}",
    period_from="sejak {date}",
    period_until="sampai {date}",
    drop_period="Tanpa periode",
    copies="juga dimuat oleh {number} media: {outlets}",
    several_regions="Ada beberapa daerah dengan nama itu. Tambahkan kabupatennya, misalnya: {around}",
    holders_disagree="Perhatikan: lebih dari satu nama disebut, dan beritanya tidak memastikan siapa yang terakhir.",
    ways_on="Coba dengan kata lain, atau lihat /sumber.",
    gone="Kutipan ini sudah tidak ada dalam arsip.",
    news="Berita terbaru{about}:",
    news_of_time="Berita {when}{about}:",
    news_of_other_time="Belum ada berita {when}{about}. Ini yang terbaru:",
    news_none="Maaf, belum ada berita{about}.",
    news_about=" tentang {name}",
    news_hint="Ketuk nomornya untuk membaca awal beritanya.",
    overview="{name}: mau lihat apa?",
    overview_officials="Pejabat ({number})",
    overview_meetings="Rapat dan kegiatan ({number})",
    overview_news="Berita terbaru",
    overview_news_of="Berita yang menyebutnya",
    overview_quotes="Kutipan beritanya",
    complaint=(
        "Maaf, saya bukan saluran pengaduan: pesan ini tidak sampai ke pemerintah. Untuk melapor, silakan lewat "
        "lapor.go.id."
    ),
    complaint_related="Berita yang terkait:",
    similar="Berita serupa dalam arsip:",
    similar_none=(
        "Berita seperti itu tidak ada dalam arsip: sudah saya cari di {articles} berita{span}. Itu belum berarti "
        "kabarnya keliru."
    ),
    link_found="Berita ini ada dalam arsip:",
    link_unknown=(
        "Berita di tautan itu tidak ada dalam arsip. Kalau isinya disalin ke sini, saya carikan berita yang serupa."
    ),
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
    noted="🔔 Dicatat (ketuk untuk batal)",
    show_all="Tampilkan ke semua",
    only_you_see="hanya Anda yang melihat",
    answer_ready="Jawabannya sudah ada. Ketuk tombol ini untuk melihatnya.",
    thanks_good="Terima kasih!",
    thanks_bad="Terima kasih, saya catat.",
    vote_withdrawn="Penilaian dibatalkan.",
    ask_reason="Apa yang keliru?",
    thanks_reason="Terima kasih, laporan dicatat.",
    report_withdrawn="Laporan dibatalkan.",
    wish_noted="Dicatat. Saya kabari di sini begitu ada berita yang menjawab.",
    wish_noted_in_group="Dicatat. Saya kabari lewat obrolan pribadi begitu ada berita yang menjawab.",
    wish_needs_private=(
        "Saya belum bisa mengirimi Anda pesan. Buka obrolan pribadi dengan @{bot}, tekan Mulai, lalu ketuk tombol ini "
        "lagi."
    ),
    wish_dropped="Baik, tidak jadi.",
    not_yours="Tombol ini hanya untuk penanyanya.",
    expired="Tombol ini sudah kedaluwarsa. Silakan tanyakan lagi.",
    inline_empty="Ketik pertanyaan, misalnya: camat sungai raya",
    inline_none="Tidak ada berita yang menjawab – buka bot",
    inline_slow_down="Pelan-pelan, ya. Tunggu sebentar.",
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
        "• penilaian dan laporan Anda: selama jawabannya disimpan; pengelola membaca laporan tanpa tahu siapa Anda, "
        "dan bisa membalasnya lewat saya\n"
        "• pertanyaan yang belum terjawab: {days} hari; pengelola membacanya tanpa tahu siapa yang bertanya\n"
        "• langganan, pertanyaan yang Anda tunggu (“Beri tahu saya”), dan berita mana yang sudah saya kabarkan: "
        "sampai sehari setelah Anda hentikan\n"
        "• setelan: sampai Anda menghapusnya\n"
        "• pesan yang sedang saya jawab: sampai jawabannya terkirim\n"
        "Jumlah pertanyaan per hari, tanpa isi dan penanyanya, tetap disimpan.\n\n"
        "Di grup hanya pertanyaan yang ditujukan kepada saya yang disimpan. Langganan grup milik grup itu dan terhapus "
        "saat saya dikeluarkan. Yang Anda ketik lewat @ (inline) tidak "
        "disimpan. Orang lain bisa membuka jawaban yang tampil di grup, tetapi tidak jawaban di obrolan pribadi.\n\n"
        "/hapusdata menghapus semuanya saat itu juga. Pesan yang sudah ada di Telegram, dan cadangan (backup) yang "
        "mungkin dibuat pengelola, tidak ikut terhapus."
    ),
    forget_question=(
        "Hapus semua data Anda: pertanyaan dan jawaban yang disimpan, penilaian, laporan, setelan, dan langganan? "
        "Ini tidak bisa dibatalkan, dan tombol pada jawaban lama tidak berfungsi lagi."
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
    voice="Maaf, saya belum bisa mendengarkan pesan suara. Tolong ketik pertanyaannya, ya.",
    slow_down="Pelan-pelan, ya. Silakan tanya lagi dalam {seconds} detik.",
    busy="Maaf, sedang banyak pertanyaan. Silakan coba lagi nanti.",
    not_allowed="Maaf, bot ini hanya melayani obrolan tertentu.",
    failed="Maaf, ada gangguan sehingga pertanyaan Anda belum terjawab. Silakan coba lagi nanti.",
    maybe_lost="Tadi ada gangguan; jawaban untuk pertanyaan ini mungkin belum sampai. Mau ditampilkan?",
    maybe_lost_ask_again="Tadi ada gangguan; jawaban untuk pertanyaan ini mungkin belum sampai. Silakan tanyakan lagi.",
    show_answer="Tampilkan jawaban",
    months=(
        "Januari", "Februari", "Maret", "April", "Mei", "Juni",
        "Juli", "Agustus", "September", "Oktober", "November", "Desember",
    ),
    thousands_separator=".",
    terminal_hint="Tulis pertanyaan lalu tekan Enter; baris kosong atau Ctrl-D untuk selesai.",
    terminal_no_commands="Perintah seperti itu hanya ada di Telegram. Di sini, tulis saja pertanyaannya.",
    terminal_goodbye="Sampai jumpa!",
    command_ask="tanya isi berita",
    command_help="cara bertanya",
    command_start="mulai",
    command_meetings="rapat dan kegiatan suatu daerah",
    command_news="berita terbaru, boleh dengan nama daerah",
    command_officials="pejabat suatu daerah",
    command_subscriptions="kabari kalau ada berita baru",
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
