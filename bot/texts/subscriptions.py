"""The sentences about what is told unasked, in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class SubscriptionTexts:
    """Plain text with {fields}; what goes into a message as HTML is escaped there."""

    alert_answer: str
    """Heads the quote of an article that answers a standing {question}."""
    alert_region: str
    """Heads news that name a {region}."""
    digest: str
    """Heads a list of {number} articles."""
    digest_more: str
    """Under a list: {number} more that it does not show."""
    stop: str
    resume: str
    """Takes the place of `stop` once that was pressed."""
    stopped: str
    resumed: str
    manage: str
    """The button that shows the subscriptions."""
    maybe_lost_alert: str
    show_alert: str
    subscribed_question: str
    """{words}: the question as written."""
    subscribed_region: str
    """{words}: the region."""
    told_at_once: str
    told_daily: str
    """At this {time}, such as 07.00."""
    at_once: str
    """The button beside those with an hour."""
    subscriptions: str
    """Heads the {number} that the chat has."""
    subscription_at_once: str
    """One of them: {number}, {words}."""
    subscription_daily: str
    """The same with the {time}."""
    subscriptions_how: str
    no_subscriptions: str
    subscriptions_full: str
    """{most} that a chat may have."""
    subscription_unclear: str
    subscriptions_only_admins: str


INDONESIAN = {
    "alert_answer": "🔔 Ada berita untuk “{question}”:",
    "alert_region": "🔔 Berita baru tentang {region}:",
    "digest": "🔔 {number} berita baru sesuai langganan:",
    "digest_more": "… dan {number} berita lainnya.",
    "stop": "🔕 Hentikan",
    "resume": "↩️ Lanjutkan lagi",
    "stopped": "Langganan dihentikan. Berubah pikiran? Ketuk sekali lagi.",
    "resumed": "Langganan dilanjutkan.",
    "manage": "Atur langganan",
    "maybe_lost_alert": "Maaf, tadi ada gangguan, jadi berita dari langganan mungkin belum sampai. Mau saya tampilkan?",
    "show_alert": "Tampilkan beritanya",
    "subscribed_question": "🔔 Baik, saya kabari di sini begitu ada berita baru yang menjawab “{words}”.",
    "subscribed_region": "🔔 Baik, saya kabari di sini setiap ada berita baru yang menyebut {words}.",
    "told_at_once": "Dikirim langsung begitu beritanya ada.",
    "told_daily": "Dikirim sekali sehari, pukul {time}.",
    "at_once": "Langsung",
    "subscriptions": "Langganan di sini: {number}",
    "subscription_at_once": "{number}. {words} – langsung",
    "subscription_daily": "{number}. {words} – tiap hari pukul {time}",
    "subscriptions_how": "Ketuk untuk menghentikan. Mau menambah? Ketik /langganan lalu pertanyaan atau nama daerah.",
    "no_subscriptions": (
        "Belum ada langganan di sini. Ketik /langganan lalu pertanyaan atau nama daerah, saya kabari kalau ada berita "
        "barunya. Contoh:\n"
        "• /langganan camat Sungai Raya\n"
        "• /langganan Banyuasin\n"
        "• /langganan Banyuasin 07.00 – dirangkum sekali sehari"
    ),
    "subscriptions_full": "Maaf, sudah ada {most} langganan, itu batasnya. Hentikan salah satu dulu lewat /langganan.",
    "subscription_unclear": (
        "Maaf, saya belum paham berita apa yang dimaksud. Tulis pertanyaan atau nama daerah setelah /langganan, "
        "misalnya: /langganan Banyuasin"
    ),
    "subscriptions_only_admins": "Hanya admin grup yang bisa mengatur langganan grup.",
}  # fmt: skip

ENGLISH = {
    "alert_answer": "🔔 There is news on “{question}”:",
    "alert_region": "🔔 News about {region}:",
    "digest": "🔔 {number} new articles you subscribed to:",
    "digest_more": "… and {number} more.",
    "stop": "🔕 Stop",
    "resume": "↩️ Resume",
    "stopped": "Stopped. Changed your mind? Tap once more.",
    "resumed": "Resumed.",
    "manage": "Manage subscriptions",
    "maybe_lost_alert": "Sorry, something went wrong; news you subscribed to may not have arrived. Shall I show it?",
    "show_alert": "Show the news",
    "subscribed_question": "🔔 All right, I will tell you here as soon as a new article answers “{words}”.",
    "subscribed_region": "🔔 All right, I will tell you here whenever a new article mentions {words}.",
    "told_at_once": "Sent as soon as the article is there.",
    "told_daily": "Sent once a day, at {time}.",
    "at_once": "At once",
    "subscriptions": "Subscriptions here: {number}",
    "subscription_at_once": "{number}. {words} – at once",
    "subscription_daily": "{number}. {words} – daily at {time}",
    "subscriptions_how": "Tap to stop one. To add one, type /langganan and a question or the name of a region.",
    "no_subscriptions": (
        "There are no subscriptions here yet. Type /langganan and a question or the name of a region, and I tell you "
        "when there is news. For example:\n"
        "• /langganan camat Sungai Raya\n"
        "• /langganan Banyuasin\n"
        "• /langganan Banyuasin 07.00 – once a day, in one message"
    ),
    "subscriptions_full": "Sorry, there are {most} subscriptions already, the most there may be. Stop one: /langganan",
    "subscription_unclear": (
        "Sorry, I do not understand which news you mean. Write a question or the name of a region after /langganan, "
        "for example: /langganan Banyuasin"
    ),
    "subscriptions_only_admins": "Only group admins can manage the group's subscriptions.",
}  # fmt: skip
