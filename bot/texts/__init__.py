"""Every sentence the bot says to people, once per language."""

from bot.texts.english import ENGLISH
from bot.texts.indonesian import INDONESIAN
from bot.texts.texts import Texts

__all__ = ["ENGLISH", "INDONESIAN", "Texts", "texts_for"]


def texts_for(language_code: str | None) -> Texts:
    """English for people whose Telegram is in English, Indonesian for everybody else."""
    return ENGLISH if (language_code or "").lower().split("-")[0] == "en" else INDONESIAN
