"""Assert what the README says of the articles, questions, dialogues and page facts."""

import json
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parent
SEEDS = HERE.parent.parent / "seeds"


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def articles(half):
    found = {}
    for path in sorted((HERE / half).glob("*/*")):
        one = {path.stem: path.read_text(encoding="utf-8")}
        if path.suffix == ".jsonl":
            one = {row["id"]: row["text"] for row in lines(path)}
        assert not one.keys() & found.keys(), path
        found |= {key: (path.parent.name, text) for key, text in one.items()}
    return found


def stands(row, texts):
    """An answerable line has an article and its answers stand there; the other has neither."""
    assert row["answerable"] == bool(row["article"]) == bool(row["answers"]), row
    for article, answers in {row["article"]: row["answers"], **row.get("also", {})}.items():
        assert all(a.lower() in texts[article][1].lower() for a in answers), row


def check(half, newsrooms=7):
    texts, questions = articles(half), lines(HERE / f"{half}.jsonl")
    assert len({newsroom for newsroom, _ in texts.values()}) == newsrooms
    for q in questions:
        stands(q, texts)
        assert q["kind"].startswith("no-answer") != q["answerable"], q
        assert not q["answerable"] or q["newsroom"] == texts[q["article"]][0], q
    per = Counter(q["article"] for q in questions)
    assert all(per[article] >= 5 for article in texts), per
    assert 0.3 < per[None] / len(questions) < 0.37
    dialogues = lines(HERE / f"{half}_dialogues.jsonl")
    for turn in (t for d in dialogues for t in d["turns"]):
        stands(turn, texts)
    for page in lines(HERE / f"{half}_pages.jsonl"):
        plain = " ".join(texts[page["article"]][1].replace("**", "").split()).lower()
        for piece in (page["first_words"], *page["never"]):
            assert " ".join(piece.split()).lower() in plain, (page["article"], piece)
    assert len({q["question"].lower() for q in questions}) == len(questions)
    return questions, dialogues


def check_kinds():
    texts = articles("A") | {path.stem: ("seeds", path.read_text(encoding="utf-8")) for path in SEEDS.glob("*-*")}
    questions = lines(HERE / "kinds.jsonl")
    for q in questions:
        stands(q, texts)
    assert Counter(q["answerable"] for q in questions) == {True: 20, False: 20}
    return [q["id"] for q in questions]


if __name__ == "__main__":
    (a, da), (b, db), (c, dc), (d, dd) = check("A"), check("B"), check("C"), check("D", 12)
    e, de = check("E", 13)
    ids = [x["id"] for x in a + b + c + d + e + da + db + dc + dd + de] + check_kinds()
    assert len(ids) == len(set(ids)) and len(a) + len(b) >= 270
    assert len(da) == len(db) == len(dc) == len(dd) == 12 and len(de) == 10
    ka, kb, kc, kd, ke = (Counter(q["kind"] for q in half) for half in (a, b, c, d, e))
    for kind in sorted(ka | kb | kc | kd | ke):
        print(f"{kind:15} {ka[kind]:3} {kb[kind]:3} {kc[kind]:3} {kd[kind]:3} {ke[kind]:3}")
        assert abs(ka[kind] - kb[kind]) <= 1, kind
    assert Counter(q["answerable"] for q in c) == {True: 130, False: 66}
    assert 40 <= sum(len(d["turns"]) for d in dc) <= 45
    assert len(lines(HERE / "C_pages.jsonl")) == 14
    assert Counter(q["answerable"] for q in d) == {True: 147, False: 81}
    assert sum(len(x["turns"]) for x in dd) == 45
    assert len(lines(HERE / "D_pages.jsonl")) == 14
    assert Counter(q["answerable"] for q in e) == {True: 150, False: 80}
    assert sum(len(x["turns"]) for x in de) == 38
    assert len(lines(HERE / "E_pages.jsonl")) == 17
