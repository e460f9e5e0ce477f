"""Change a few articles by hand, and take it back: each as it was before and as it is now."""

from collections.abc import Callable, Iterable, Sequence

import msgspec

from embeddings.indexing.encoding import encode_and_save
from embeddings.indexing.recognition import Recognition
from embeddings.models.encoder import Encoder
from embeddings.passages import PassageSettings
from embeddings.sources.refusals import Refusal, Remark
from embeddings.storage.store import Store
from embeddings.types import Article

# More are a task for `wartabot index`, which says how far it is.
MOST_ARTICLES = 200
# So long is waited for another run, such as that of a source.
PATIENCE_SECONDS = 20.0


class Change(msgspec.Struct, frozen=True):
    """An article as it was before and as it is now, None where there is none, and its passages now."""

    before: Article | None
    after: Article | None
    passages: int = 0


class Edit(msgspec.Struct, frozen=True):
    """What was changed, which articles were as they should be already, and what could not be done."""

    changes: tuple[Change, ...] = ()
    unchanged: tuple[Article, ...] = ()
    refused: tuple[Refusal, ...] = ()


class Editor:
    """Changes articles of a store, one edit at a time; the encoder is loaded when there is something to encode."""

    def __init__(self, store: Store, encoder: Callable[[], Encoder], passages: PassageSettings) -> None:
        self._store = store
        self._encoder = encoder
        self._passages = passages

    def add(self, found: Iterable[Article | Refusal | Remark], fetched: str | None = None) -> Edit:
        """Store what was read of a document, sent or `fetched` from an address; raises StoreUnusable where another
        run is under way.
        """
        articles: dict[str, Article] = {}
        refused: list[Refusal] = []
        for one in found:
            if isinstance(one, Article):
                articles[one.id] = one
            elif isinstance(one, Refusal):
                refused.append(one)
            if len(articles) > MOST_ARTICLES:
                reason = f"it holds more than {MOST_ARTICLES} articles; give it to `wartabot index` on the server"
                return Edit(refused=(Refusal(one.id if isinstance(one, Article) else one.where, reason),))
        with self._store.alone(PATIENCE_SECONDS):
            known = Recognition(self._store)
            recognised = list(
                filter(None, (self._recognised(one, known, refused, fetched) for one in articles.values()))
            )
            held = [article for article in recognised if self._store.holds(article)]
            changes = self._save([article for article in recognised if article not in held], refused)
        return Edit(changes, tuple(held), tuple(refused))

    def revert(self, changes: Sequence[Change]) -> Edit:
        """Let the articles be as they were before, those that have not been changed since."""
        refused: list[Refusal] = []
        with self._store.alone(PATIENCE_SECONDS):
            current = [change for change in changes if self._is_current(change, refused)]
            gone = [change.after for change in current if change.before is None and change.after is not None]
            for article in gone:
                self._store.remove(article.id)
            saved = self._save([change.before for change in current if change.before is not None], refused)
        return Edit((*(Change(article, None) for article in gone), *saved), refused=tuple(refused))

    def _save(self, articles: Sequence[Article], refused: list[Refusal]) -> tuple[Change, ...]:
        if not articles:
            return ()
        encoder = self._encoder()
        self._store.claim(encoder.name, encoder.dimension)
        before = {article.id: self._store.article(article.id) for article in articles}
        saved = encode_and_save(self._store, encoder, self._passages, articles, refused)
        return tuple(Change(before[article.id], article, len(spans)) for article, spans in saved)

    def _recognised(
        self, article: Article, known: Recognition, refused: list[Refusal], fetched: str | None
    ) -> Article | None:
        """The article under the id that it is stored under; one that is in a file the next indexing would put back."""
        if fetched and (foreign := known.refusal_of_foreign(article, fetched)):
            refused.append(foreign)
            return None
        recognised = known.of_web(article)
        stored = self._store.article(article.id if recognised is None else recognised.id)
        if recognised is not None and (stored is None or stored.path is None):
            return recognised
        where = f" {stored.path}" if stored and stored.path else ""
        refused.append(Refusal(article.title or article.id, f"this article is in a file{where}; change it there"))
        return None

    def _is_current(self, change: Change, refused: list[Refusal]) -> bool:
        one = change.after or change.before
        assert one is not None
        if self._store.article(one.id) == change.after:
            return True
        refused.append(Refusal(one.title or one.id, "it has been changed since"))
        return False
