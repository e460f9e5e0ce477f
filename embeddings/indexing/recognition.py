"""Which stored article one that was read is: by its address, by the file that it is read from, else by its id."""

from pathlib import Path

from msgspec.structs import replace

from embeddings.addresses import canonical_address, site_of
from embeddings.sources.ids import id_of_file
from embeddings.sources.refusals import Refusal
from embeddings.storage.articles import KnownArticle
from embeddings.storage.store import Store
from embeddings.topics.finding import find_all
from embeddings.types import Article


class Recognition:
    """The articles that are stored, and which of them a run has seen."""

    def __init__(self, store: Store) -> None:
        self.known = store.known_articles()
        self.seen: dict[str, str] = {}
        """By article id, the file that it was read from."""
        self._store = store
        self._at_path = _only_ones(self.known)

    def of_file(self, article: Article, derived: str) -> Article | None:
        """The article under the id that it is stored under; None where it was fetched from its address, and stays so.

        `derived` is the id that its file gives it. Where the article was given another, it has that one in the store
        from now on; nothing is encoded again.
        """
        stored = self._stored_at_address(article)
        if stored and stored != article.id and self.known[stored].is_of_the_web:
            return None
        if stored is None or not self._may_be(stored, article):
            stored = self._stored_of_file(article, derived)
        if stored is None or stored == article.id:
            return article
        if article.id != derived and article.id not in self.known and self._rename(stored, article.id):
            return article
        return replace(article, id=stored)

    def of_web(self, article: Article) -> Article | None:
        """The same for an article that comes from the web, with the url it has; None where there is a file of it."""
        stored = self._stored_at_address(article)
        if stored is None or stored in self.seen:
            return article
        if stored != article.id and self.known[stored].has_file:
            return None
        before = self._store.article(stored)
        # Another link to it is no change.
        return replace(article, id=stored, url=before.url if before else article.url)

    def refusal_of_foreign(self, article: Article, fetched: str) -> Refusal | None:
        """Why an article that was fetched from this address may not take the place of the one that is stored.

        A table, an archive or a header may name any id and address: those of another outlet's article, too.
        """
        stored = self._stored_at_address(article) or article.id
        before = self._store.article(stored) if stored in self.known else None
        if before is None or (before.url is None and self.known[stored].is_of_the_web):
            return None
        if before.url is not None and site_of(before.url) == site_of(fetched):
            return None
        return Refusal(
            fetched,
            f"it names the id or the address of an article that is not of its site, {before.id!r}, which stays as it "
            "is; give it another id, or read it from a file with `wartabot index`",
        )

    def make_room(self, folders: dict[Path, Path]) -> None:
        """Let each of these files have the id of its place in its folder, where another file's article has it.

        Older versions gave every file its bare name: what is stored under that gets the id of its own place.
        """
        for file, folder in folders.items():
            derived = id_of_file(file, folder)
            other = self.known.get(derived)
            if other is None or other.path is None or other.path == str(file.resolve()) or not other.has_file:
                continue
            place = id_of_file(Path(other.path), folder.resolve())
            if place not in self.known:
                self._rename(derived, place)

    def _stored_at_address(self, article: Article) -> str | None:
        """The one stored article of this address; none where several are, as where all name a site's page of news."""
        address = canonical_address(article.url)
        found = self._store.ids_at(address) if address else []
        return found[0] if len(found) == 1 and found[0] in self.known else None

    def _stored_of_file(self, article: Article, derived: str) -> str | None:
        """The stored article of this file, or what of its id is stored."""
        at_path = self._at_path.get(article.path or "")
        same_file = at_path if at_path in self.known and at_path not in self.seen else None
        if article.id in self.known and (article.id != derived or same_file is None):
            return article.id
        if same_file and (article.id == derived or self._store.holds(replace(article, id=same_file))):
            return same_file
        # Stored by an older version under its bare name, and moved since.
        bare = id_of_file(Path(article.path)) if article.path and article.id == derived else ""
        if bare in self.known and self._may_be(bare, article) and self._store.holds(replace(article, id=bare)):
            return bare
        return None

    def _may_be(self, stored: str, article: Article) -> bool:
        """Whether the stored article is not there a second time, in this run or in a file of its own."""
        known = self.known[stored]
        return stored not in self.seen and (known.path == article.path or not known.has_file)

    def _rename(self, old: str, new: str) -> bool:
        article = self._store.article(old)
        if article is None:
            return False
        self._store.rename(article, new, find_all(replace(article, id=new)))
        self.known[new] = self.known.pop(old)
        if article.path in self._at_path:
            self._at_path[article.path] = new
        return True


def _only_ones(known: dict[str, KnownArticle]) -> dict[str, str]:
    """By file, the id of the one article that is in it."""
    by_path: dict[str, str] = {}
    several: set[str] = set()
    for id, article in known.items():
        if article.path in by_path:
            several.add(article.path)
        elif article.path:
            by_path[article.path] = id
    return {path: id for path, id in by_path.items() if path not in several}
