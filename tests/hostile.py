"""Files that nobody should have to fear, each with a part of the reason for which it is refused."""

import gzip
import io
import json
import os
import zipfile
from pathlib import Path

GOOD = "Rapat desa {} digelar hari Senin di balai desa.\n"
TEXT = "Rapat desa digelar hari Senin di balai desa."
# Nine names for ten others each: 355 bytes that YAML would make gigabytes of.
ALIASES = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def yaml_file(header: str, text: str = TEXT) -> bytes:
    return f"---\n{header}\n---\n{text}\n".encode()


def toml_file(header: str) -> bytes:
    return f"+++\n{header}\n+++\n{TEXT}\n".encode()


def line(**fields: object) -> str:
    return json.dumps({"id": "baris", "text": TEXT, **fields})


def packed(name: str, content: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return target.getvalue()


FILES: dict[str, tuple[bytes, str]] = {
    "impossible-date.md": (yaml_file("published: 2023-02-30"), "'2023-02-30' is not a date"),
    "year-1.md": (yaml_file("published: 0001-01-01"), "not a date of 1900 to 2099"),
    "year-9999.md": (yaml_file("published: 9999-12-31T23:59:59-12:00"), "not a date of 1900 to 2099"),
    "odd-offset.md": (yaml_file("published: 2023-07-17T10:00:00+99:00"), "is not a date"),
    "long-date.md": (yaml_file(f"published: {'9' * 10_000}"), "is not a date"),
    "toml-date.md": (toml_file("published = 2023-02-30"), "not valid TOML"),
    "toml-number.md": (toml_file(f"id = {'9' * 5000}"), "not valid TOML"),
    "toml-true.md": (toml_file("source = true"), "source is neither text nor a date"),
    "toml-float.md": (toml_file("id = 1e5"), "id is neither text nor a date"),
    "toml-depth.md": (toml_file(f"a = {'[' * 7000}"), "nested too deeply"),
    "toml-tables.md": (toml_file("[" + "a." * 4000 + "a]\n" + "b = "), "not valid TOML"),
    "yaml-depth.md": (yaml_file(f"a: {'[' * 5000}{']' * 5000}"), "nested more than 20 levels"),
    "yaml-open.md": (yaml_file(f"a: {'[' * 10_000}"), "nested more than 20 levels"),
    "yaml-open-once.md": (yaml_file("title: [satu"), "not valid YAML"),
    "yaml-dashes.md": (yaml_file("a:\n  " + "- " * 5000 + "b"), "nested more than 20 levels"),
    "yaml-aliases.md": (yaml_file(ALIASES), "begins with &"),
    "yaml-alias.md": (yaml_file("title: *judul"), "begins with *"),
    "yaml-tag.md": (yaml_file("title: !!python/object/apply:os.system ['true']"), "begins with !"),
    "yaml-escape.md": (yaml_file('title: "\\UFFFFFFFF"'), "not valid YAML"),
    "yaml-surrogate.md": (yaml_file('title: "\\uD800"'), "U+D800, which is no character"),
    "yaml-version.md": (yaml_file(f"%YAML {'9' * 5000}.1"), "header"),
    "yaml-nul.md": (yaml_file('title: "a\\0b"'), "U+0000, which is no character"),
    "yaml-list.md": (yaml_file("title: [satu, dua]"), "title is a list or a table"),
    "yaml-twice.md": (yaml_file("source: Kabar\nsource: Warta"), "gives source twice"),
    "yaml-long.md": (yaml_file(f"title: {'a' * 20_000}"), "its header has 20008 characters"),
    "id-slash.md": (yaml_file("id: ../../etc/passwd"), "has a slash"),
    "id-backslash.md": (yaml_file("id: a\\b"), "has a slash"),
    "id-long.md": (yaml_file(f"id: {'a' * 201}"), "its id has 201 characters"),
    "id-unseen.md": (yaml_file("id: a\u202eb"), "cannot be shown"),
    "unknown.txt": (b"caf\x81\x8d", "in an unknown encoding"),
    "damaged-utf-8.txt": ("“Harga naik”, kata Lurah.\nWarga r".encode() + b"\x96apat.\n", "line 2 holds a byte (0x96)"),
    "binary.txt": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a binary file"),
    "empty.txt": (b"\n \n", "the file is empty"),
    "large.txt": (b"a" * 1_100_000, "larger than 1024 kB"),
    "page.txt": (f"<!DOCTYPE html>\n<title>Kabar</title>{TEXT}".encode(), "a web page"),
    "fragment.txt": (f"<p>{TEXT}</p>\n<p class='a'>{TEXT}</p>\n".encode(), "a web page"),
    "rich.txt": (b"{\\rtf1\\ansi " + TEXT.encode() + b"}", "RTF, not plain text"),
    "noise.txt": (b"Baca juga: lain\n", "no article text is left"),
    "deep.html": (("<div>" * 200 + TEXT + "</div>" * 200).encode() * 400, "too deeply nested"),
    "attributes.html": (f"<p {' '.join(f'a{n}=1' for n in range(90_000))}>{TEXT}".encode(), "3000 attributes"),
    "front.html": (b"<html><body><a href='/'>Beranda</a></body></html>", "no article is found"),
    "damaged.pdf": (b"%PDF-1.7\n1 0 obj\n<<", "damaged or that cannot be read"),
    "damaged.docx": (b"PK\x03\x04" + b"\0" * 99, "a damaged file, or none of this kind"),
    "entities.xml": (
        b'<!DOCTYPE rss [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><rss><channel>&b;</channel></rss>',
        "declares entities",
    ),
    "other.xml": (b"<feed><entry/></feed>", "no export of WordPress"),
    "bomb.zip": (packed("a.jsonl", b" " * 100_000_000), "as no documents of its size do"),
    "damaged.jsonl.gz": (
        gzip.compress("".join(line(id=f"gz-{n}", text=f"{n} {TEXT}") + "\n" for n in range(9)).encode())[:-30],
        "the compressed file is damaged",
    ),
    "no-gzip.jsonl.gz": (line().encode(), "the compressed file is damaged"),
    # 2 GB each, as gz files may follow one another in one.
    "bomb.jsonl.gz": (200 * gzip.compress(b"a" * 10_000_000), "it unfolds to more than 65536 kB"),
    "bomb-of-blank-lines.jsonl.gz": (200 * gzip.compress(b"\n" * 10_000_000), "it unfolds to more than 65536 kB"),
    "bomb-of-lines.jsonl.gz": (200 * gzip.compress(b"x\n" * 5_000_000), "1000 lines in a row are no articles"),
}
LINES: dict[str, tuple[bytes, str]] = {
    "no JSON": (b"{rusak", "not an article"),
    "no object": (b"[1, 2]", "Expected `object`, got `array`"),
    "no text": (b'{"id": "a"}', "missing required field `text`"),
    "a wrong type": (line(title=["a"]).encode(), "got `array` - at `$.title`"),
    "a number for a date": (line(date=2023).encode(), "got `int` - at `$.date`"),
    "a fraction for an id": (b'{"id": 1.5, "text": "a"}', "got `float` - at `$.id`"),
    "a number too large": (b'{"id": ' + b"9" * 5000 + b', "text": "a"}', "out of range - at `$.id`"),
    "nesting in a key that is not read": (
        b'{"id": "a", "text": "b", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply",
    ),
    "a byte that is not UTF-8": (b'{"id": "a", "text": "r\xffapat"}', "not UTF-8"),
    "half a character": (b'{"id": "a", "text": "\\ud800"}', "not an article"),
    "NUL": (b'{"id": "a", "text": "a\\u0000b"}', "U+0000, which is no character"),
    "an impossible date": (line(date="2023-02-30").encode(), "'2023-02-30' is not a date"),
    "a page": (line(text=f"<p>{TEXT}</p><div>{TEXT}</div>").encode(), "a web page"),
    "a long line": (b'{"id": "a", "text": "' + b"a" * 1_100_000 + b'"}', "larger than 1024 kB"),
    "an empty id": (line(id=" ").encode(), "its id has 0 characters"),
}  # fmt: skip


def write_hostile(folder: Path) -> dict[str, str]:
    """Fill the folder with all of them between good articles; by what a refusal names, a part of its reason."""
    expected = {}
    for name, (content, reason) in FILES.items():
        (folder / name).write_bytes(content)
        expected[name] = reason
    (folder / "lines.jsonl").write_bytes(
        b"\n".join(part for n, (bad, _) in enumerate(LINES.values()) for part in (line(id=f"baris-{n}").encode(), bad))
    )
    expected |= {f"lines.jsonl, line {2 * n + 2}": reason for n, (_, reason) in enumerate(LINES.values())}
    os.mkfifo(folder / "pipe.txt")
    expected["pipe.txt"] = "not a file, but a pipe"
    (folder / "device.txt").symlink_to("/dev/zero")
    expected["device.txt"] = "leads out of the folder"
    (folder / "outside.txt").symlink_to("/etc/hostname")
    expected["outside.txt"] = "leads out of the folder"
    (folder / "out").symlink_to("/etc")
    expected["out"] = "leads out of the folder"
    (folder / "nowhere.txt").symlink_to("nothing")
    expected["nowhere.txt"] = "No such file"
    (folder / "circle.txt").symlink_to("circle.txt")
    expected["circle.txt"] = "symbolic links"
    (folder / "around").symlink_to(".")
    (folder / os.fsdecode(b"nama-\xff.txt")).write_text(TEXT)
    expected["nama-\\udcff.txt"] = "is not UTF-8"
    (folder / "nama\x1b[31m\n.txt").write_text(TEXT)
    expected["nama\\x1b[31m\\n.txt"] = "cannot be shown"
    (folder / "folder.txt").mkdir()
    (folder / "folder.txt" / "di-dalam.txt").write_text(GOOD.format("dalam"))
    (folder / "inside.txt").symlink_to("folder.txt/di-dalam.txt")
    for name in ("aaa", "mmm", "zzz"):
        (folder / f"{name}.txt").write_text(GOOD.format(name))
    return expected


GOOD_IDS = {"aaa", "mmm", "zzz", "folder.txt.di-dalam", "inside", *(f"baris-{n}" for n in range(len(LINES)))}
