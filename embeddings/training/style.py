"""Write a question as people write in chats: shortened, misspelt, without capitals, with a greeting."""

import json
import random
import re
from collections import defaultdict
from pathlib import Path

from embeddings.question.shortened import ABBREVIATIONS

_OPENERS = ("min, ", "min ", "admin, ", "halo ", "bang ", "kak ", "mau tanya, ", "mau tanya ", "info dong ", "tolong ",
            "gan ", "maaf mau tanya ", "assalamualaikum, ", "permisi, ", "pak ", "bro ", "hai ")  # fmt: skip
_CLOSERS = (" ya", " ya?", " dong", " sih", " min", " bang", " kak", " ya min", " nih", "??", " gan", " deh", " pls",
            " bro", " yah")  # fmt: skip
# Only words that stand alone and are shorter than what they mean are worth learning from the lexicon.
_SHORTENING = re.compile(r"[a-z]{1,8}")


class Style:
    """The ways in which words are shortened, from our own list and a lexicon of colloquial Indonesian."""

    def __init__(self, lexicon: Path) -> None:
        self._shorter: dict[str, list[str]] = defaultdict(list)
        for word, standard in ABBREVIATIONS.items():
            self._shorter[standard].extend([word] * 3)
        for word, standard in json.loads(lexicon.read_bytes()).items():
            if " " not in standard and len(standard) > len(word) + 1 and _SHORTENING.fullmatch(word):
                self._shorter[standard].append(word)

    def apply(self, question: str, chance: random.Random, much: float = 0.4) -> str:
        """The question as it is, or with a share `much` as one in a hurry would type it."""
        if chance.random() >= much:
            return question
        text = question.lower()
        if chance.random() < 0.8:
            text = text.rstrip(" ?.")
        if chance.random() < 0.6:
            text = re.sub(r"di mana|[a-z]+", lambda match: self._shortened(match[0], chance), text)
        if chance.random() < 0.3:
            text = misspelt(text, chance)
        if chance.random() < 0.25:
            text = chance.choice(_OPENERS) + text
        if chance.random() < 0.25:
            text += chance.choice(_CLOSERS)
        return text

    def _shortened(self, word: str, chance: random.Random) -> str:
        shorter = self._shorter.get(word)
        return chance.choice(shorter) if shorter and chance.random() < 0.5 else word


def misspelt(text: str, chance: random.Random) -> str:
    """One longer word with a letter left out, doubled, swapped with the next, or taken for a like one."""
    found = list(re.finditer(r"[a-z]{5,}", text))
    if not found:
        return text
    word = chance.choice(found)
    at = word.start() + chance.randrange(1, len(word[0]) - 1)
    kind = chance.randrange(4)
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[:at] + text[at] + text[at:]
    if kind == 2:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    like = {"i": "e", "e": "i", "u": "o", "o": "u", "a": "e", "k": "q", "y": "i", "j": "z", "c": "k", "v": "p"}
    return text[:at] + like.get(text[at], text[at]) + text[at + 1 :]
