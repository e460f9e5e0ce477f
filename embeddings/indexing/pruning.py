"""Remove the articles whose files are gone, as far as there are not so many that it looks like a mistake."""

from collections.abc import Sequence

from embeddings.indexing.report import IndexReport
from embeddings.sources.refusals import Refusal
from embeddings.storage.store import Store

# However few articles there are, a few may always go.
ALWAYS_PRUNED = 5
GONE_NAMED = 5


def prune_gone(store: Store, gone: Sequence[str], most_share: float, report: IndexReport) -> None:
    """Remove these articles, or none where they are more than this share of all, and say so."""
    total = store.summary().articles
    if len(gone) > max(ALWAYS_PRUNED, most_share * total):
        report.refused.append(Refusal("--prune", _too_many(store, gone, total, most_share)))
        return
    for article_id in gone:
        store.remove(article_id)
        report.removed += 1


def _too_many(store: Store, gone: Sequence[str], total: int, share: float) -> str:
    named = [f"{article.id} ({article.path})" for article in map(store.article, gone[:GONE_NAMED]) if article]
    others = f" and {len(gone) - len(named)} others" if len(gone) > len(named) else ""
    return (
        f"it would remove {len(gone)} of {total} articles, more than a share of {share:g} ([articles] prune_share), "
        f"and has removed none: {', '.join(named)}{others}. If their files are only out of reach, as on a disk that is "
        "not mounted, bring them back; if they are gone for good: wartabot index --prune --force"
    )
