"""Recognise greetings, thanks and the like, which get a short human line and no search."""

import re

from bot.texts import Texts

_HELLO = (
    r"(?:halo+|hal+o|hai+|hi+|hello|hey|hei|p|ping|assal+am[u']?\s?'?alaikum.*|apa kabar"
    r"|(?:selamat )?(?:pagi|siang|sore|malam))"
)
_THANKS = (
    r"(?:(?:terima|trima) ?kasih|makasih|mksh|trims?|tq|ty|thanks?(?: you)?|thx|suwun|nuhun|oke?|ok|sip|mantap|siap)"
)
_WHO = (
    r"(?:(?:kamu|anda|lu|ini) (?:itu )?(?:siapa|bot apa|apa)|siapa (?:kamu|anda|namamu|nama (?:kamu|anda))"
    r"|who are you|what are you)"
)
_BYE = r"(?:dadah|dah|sampai jumpa|bye+|goodbye|selamat tinggal)"
# No word in two ways and none tried twice: else "halo bot bot bot ... x" doubles the time with each "bot".
_FRIENDLY_END = r"(?:\s+(?:min|admin|kak|bang|pak|bu|gan|bot|bro|sis|semua|yaa?|dong|deh|banyak|banget|there)\b)*+"


def small_talk(question: str, texts: Texts) -> str | None:
    """A short human line for a greeting, thanks and the like; None for everything else."""
    plain = re.sub(r"[^\w\s']", " ", question.casefold())
    plain = " ".join(plain.split())
    for pattern, line in (
        (_HELLO, texts.hello), (_THANKS, texts.thanks), (_WHO, texts.who_are_you), (_BYE, texts.goodbye),
    ):  # fmt: skip
        if re.fullmatch(pattern + _FRIENDLY_END, plain):
            return line
    return None
