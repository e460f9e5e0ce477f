"""The sentences that administrators alone are told; in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class AdministratorTexts:
    """Plain text with {fields}; what goes into a message as HTML is escaped there."""

    # --- figures ---
    stat_stored: str
    """{articles}, {passages}{newest}."""
    stat_nothing: str
    """Nobody asked in so many {days}."""
    stat_total: str
    """{days}, {questions}, and which shares of them were answered: {sure}, {maybe}, {no}."""
    stat_latency: str
    """Seconds in which {half} and 95 % ({most}) of the questions were answered."""
    stat_votes: str
    """{good}, {bad}, {reports}."""
    stat_reports: str
    """{number} of open reports."""
    stat_gaps: str
    """Heads what was asked most and not answered."""
    stat_gap: str
    """{question}, {times}."""
    stat_sources: str
    """Heads the sources that cannot be read at present."""
    stat_source: str
    """{source}, {error}."""
    digest_head: str

    # --- reports ---
    reports_none: str
    reports_more: str
    """{number} further ones."""
    reports_how: str
    """How to answer and close, with the {id} of one."""
    report_head: str
    """{id}, {reason}, {date}."""
    report_question: str
    """{question}."""
    report_answer_how: str
    report_close_how: str
    report_answered: str
    """{id}."""
    report_closed: str
    """{id}."""
    report_unknown: str
    """{id}."""
    report_thanks: str
    """To whoever reported, above the quote that it is about."""
    report_reply: str
    """Heads the operator's words, below the quote."""

    # --- articles ---
    edit_reading: str
    edit_added: str
    """Heads articles."""
    edit_updated: str
    edit_unchanged: str
    edit_removed: str
    edit_restored: str
    edit_article: str
    """{title}, {source}, {date}, in {passages} passages."""
    edit_gone_article: str
    """The same of one that has none any more."""
    edit_more: str
    """{number} further articles."""
    edit_refused: str
    """Heads reasons."""
    edit_nothing: str
    """Nothing was changed, and nothing said why."""
    edit_failed: str
    edit_too_large: str
    """{size} in MB, at most {most}."""
    edit_not_downloaded: str
    edit_undo: str
    edit_expired: str
    add_how: str
    remove_how: str
    remove_question: str
    remove_which: str
    """{number} articles fit."""
    remove_none: str
    remove_file: str
    """The {path} of a file, which is not removed."""
    remove_yes: str
    remove_no: str
    removal_dropped: str
    sync_running: str
    sync_no_sources: str
    sync_done: str
    """Heads how each source fared."""
    sync_source: str
    """{url}, {added}, {updated}."""

    # --- commands ---
    command_stat: str
    command_reports: str
    command_add: str
    command_remove: str
    command_sync: str


INDONESIAN = {
    "stat_stored": "{articles} berita dalam {passages} bagian{newest}.",
    "stat_nothing": "Belum ada pertanyaan dalam {days} hari terakhir.",
    "stat_total": (
        "{days} hari terakhir: {questions} pertanyaan. Terjawab {sure}, mungkin terjawab {maybe}, belum terjawab {no}."
    ),
    "stat_latency": "Separuhnya dijawab dalam {half} detik, 95% dalam {most} detik.",
    "stat_votes": "👍 {good} · 👎 {bad} · laporan {reports}",
    "stat_reports": "Laporan yang menunggu: {number}. Lihat /laporan.",
    "stat_gaps": "Paling sering ditanyakan, belum terjawab:",
    "stat_gap": "• {question} ({times}×)",
    "stat_sources": "Sumber yang sedang bermasalah:",
    "stat_source": "• {source}: {error}",
    "digest_head": "Ringkasan minggu ini",
    "reports_none": "Tidak ada laporan yang menunggu.",
    "reports_more": "… dan {number} laporan lagi.",
    "reports_how": "Balas pelapor: /jawab {id} lalu pesannya. Tutup tanpa balasan: /tutup {id}",
    "report_head": "#{id} · {reason} · {date}",
    "report_question": "Ditanyakan: {question}",
    "report_answer_how": "Tulis nomor laporan dan balasannya, misalnya: /jawab 12 Terima kasih, sudah diperbaiki.",
    "report_close_how": "Tulis nomor laporannya saja, misalnya: /tutup 12",
    "report_answered": "Laporan #{id} selesai. Balasannya segera dikirim ke pelapor.",
    "report_closed": "Laporan #{id} ditutup tanpa balasan.",
    "report_unknown": "Tidak ada laporan nomor {id} yang menunggu. Lihat /laporan.",
    "report_thanks": "Terima kasih atas laporan Anda tentang kutipan ini:",
    "report_reply": "Jawaban pengelola:",
    "edit_reading": "Sebentar, sedang dibaca…",
    "edit_added": "Ditambahkan:",
    "edit_updated": "Diperbarui:",
    "edit_unchanged": "Sudah ada, tidak berubah:",
    "edit_removed": "Dihapus:",
    "edit_restored": "Dikembalikan:",
    "edit_article": "{title}\n{source} · {date} · {passages} bagian",
    "edit_gone_article": "{title}\n{source} · {date}",
    "edit_more": "… dan {number} berita lagi.",
    "edit_refused": "Tidak bisa diproses:",
    "edit_nothing": "Tidak ada berita di dalamnya.",
    "edit_failed": "Maaf, ini gagal diproses. Rinciannya ada di log server.",
    "edit_too_large": "Berkasnya {size} MB; paling besar {most} MB.",
    "edit_not_downloaded": "Berkasnya tidak bisa diunduh dari Telegram. Silakan kirim lagi.",
    "edit_undo": "Urungkan",
    "edit_expired": "Perubahan ini sudah tidak bisa diurungkan.",
    "add_how": "Kirim berkas atau tautan beritanya, atau balas pesan yang memuatnya dengan /tambah.",
    "remove_how": "Tulis tautan atau kata-kata judulnya setelah /hapus, misalnya: /hapus rakor tanjung lago",
    "remove_question": "Hapus berita ini?",
    "remove_which": "Ada {number} berita yang cocok. Pilih salah satu, atau tulis judulnya lebih lengkap.",
    "remove_none": "Tidak ada berita dengan tautan atau judul itu.",
    "remove_file": "Berkasnya tetap ada di server ({path}), jadi akan masuk lagi saat `wartabot index` dijalankan.",
    "remove_yes": "Ya, hapus",
    "remove_no": "Batal",
    "removal_dropped": "Baik, tidak ada yang dihapus.",
    "sync_running": "Sumber sedang dibaca. Ini bisa beberapa menit.",
    "sync_no_sources": "Belum ada sumber di pengaturan ([[sources]] dalam config.toml).",
    "sync_done": "Sumber sudah dibaca:",
    "sync_source": "{url}: {added} baru, {updated} diperbarui",
    "command_stat": "angka seminggu terakhir",
    "command_reports": "laporan yang menunggu",
    "command_add": "tambah berita dari berkas atau tautan",
    "command_remove": "hapus berita",
    "command_sync": "baca berita baru dari sumber",
}  # fmt: skip

ENGLISH = {
    "stat_stored": "{articles} articles in {passages} passages{newest}.",
    "stat_nothing": "No questions in the last {days} days.",
    "stat_total": "Last {days} days: {questions} questions. Answered {sure}, perhaps {maybe}, unanswered {no}.",
    "stat_latency": "Half were answered within {half} seconds, 95% within {most}.",
    "stat_votes": "👍 {good} · 👎 {bad} · reports {reports}",
    "stat_reports": "Open reports: {number}. See /laporan.",
    "stat_gaps": "Asked most and not answered:",
    "stat_gap": "• {question} ({times}×)",
    "stat_sources": "Sources that cannot be read at present:",
    "stat_source": "• {source}: {error}",
    "digest_head": "This week",
    "reports_none": "No report is open.",
    "reports_more": "… and {number} more.",
    "reports_how": "Answer whoever reported: /jawab {id} and your words. Close without an answer: /tutup {id}",
    "report_head": "#{id} · {reason} · {date}",
    "report_question": "Asked: {question}",
    "report_answer_how": "Write the report's number and your answer, for example: /jawab 12 Thank you, it is mended.",
    "report_close_how": "Write the report's number alone, for example: /tutup 12",
    "report_answered": "Report #{id} is closed. Your answer is on its way to whoever reported.",
    "report_closed": "Report #{id} is closed without an answer.",
    "report_unknown": "No report {id} is open. See /laporan.",
    "report_thanks": "Thank you for your report on this quote:",
    "report_reply": "The operator's answer:",
    "edit_reading": "One moment, reading…",
    "edit_added": "Added:",
    "edit_updated": "Updated:",
    "edit_unchanged": "Here already, and unchanged:",
    "edit_removed": "Removed:",
    "edit_restored": "Restored:",
    "edit_article": "{title}\n{source} · {date} · {passages} passages",
    "edit_gone_article": "{title}\n{source} · {date}",
    "edit_more": "… and {number} more articles.",
    "edit_refused": "This could not be done:",
    "edit_nothing": "There is no article in it.",
    "edit_failed": "Sorry, that failed. The server's log tells more.",
    "edit_too_large": "The file has {size} MB; at most {most} MB.",
    "edit_not_downloaded": "The file could not be downloaded from Telegram. Please send it again.",
    "edit_undo": "Undo",
    "edit_expired": "This change cannot be undone any more.",
    "add_how": "Send an article's file or link, or reply with /tambah to the message that has it.",
    "remove_how": "Write the link or words of the title after /hapus, for example: /hapus rakor tanjung lago",
    "remove_question": "Remove this article?",
    "remove_which": "{number} articles fit. Choose one, or write more of its title.",
    "remove_none": "There is no article with that link or title.",
    "remove_file": "Its file stays on the server ({path}), so `wartabot index` will add it again.",
    "remove_yes": "Yes, remove it",
    "remove_no": "Cancel",
    "removal_dropped": "Nothing was removed.",
    "sync_running": "Reading the sources. This may take some minutes.",
    "sync_no_sources": "No sources are set up yet ([[sources]] in config.toml).",
    "sync_done": "The sources were read:",
    "sync_source": "{url}: {added} new, {updated} updated",
    "command_stat": "the figures of the last week",
    "command_reports": "open reports",
    "command_add": "add an article's file or link",
    "command_remove": "remove an article",
    "command_sync": "fetch what is new at the sources",
}  # fmt: skip
