"""What the bot counts, for Prometheus: how much of each kind, and nothing of whom."""

from importlib.metadata import version

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

from embeddings import Certainty, Summary

SECONDS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
ERROR_KINDS = ("network", "conflict", "token", "chat", "late", "store", "unexpected")
"""Telegram out of reach; another process with this token; the token refused; a chat that cannot be written to; a button
answered too late; articles or their search server out of reach; anything else, which has a traceback in the log."""


class Metrics:
    """Counters that the bot adds to, and gauges that are read when somebody asks."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self.questions = self._counter("questions", "Questions, by how sure the answer is", "certainty")
        self.updates = self._counter("updates", "Updates taken in from Telegram, by kind", "kind")
        self.errors = self._counter("errors", "What went wrong while an update was handled, by kind", "kind")
        self.calls = self._counter("calls", "Calls of the Bot API, by what became of them", "method", "outcome")
        self.answer_seconds = Histogram(
            "wartabot_answer_seconds", "From taking a question in until Telegram has its answer",
            buckets=SECONDS, registry=self._registry,
        )  # fmt: skip
        self._waiting = self._gauge("waiting_questions", "Questions that wait for the answerer or are in work")
        self._articles = self._gauge("articles", "Articles that can be quoted")
        self._passages = self._gauge("passages", "Passages that can be found")
        self._indexed = self._gauge("indexed_timestamp_seconds", "When the bot last took in a change of the articles")
        self._gauge("info", "The version that runs", "version").labels(version("wartabot")).set(1)
        # From the start on, so that an increase is seen as one.
        for certainty in Certainty:
            self.questions.labels(certainty)
        for kind in ERROR_KINDS:
            self.errors.labels(kind)

    def count_call(self, method: str, done: bool) -> None:
        """Count a call of the Bot API."""
        self.calls.labels(method, "done" if done else "failed").inc()

    def read(self, summary: Summary | None, waiting: int, indexed: float) -> bytes:
        """All of them as Prometheus reads them, with the gauges at these values; None leaves some as they were."""
        if summary is not None:
            self._articles.set(summary.articles)
            self._passages.set(summary.passages)
        self._waiting.set(waiting)
        self._indexed.set(indexed)
        return generate_latest(self._registry)

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(f"wartabot_{name}", what, labels, registry=self._registry)

    def _gauge(self, name: str, what: str, *labels: str) -> Gauge:
        return Gauge(f"wartabot_{name}", what, labels, registry=self._registry)
