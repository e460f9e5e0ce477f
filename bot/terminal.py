"""The conversation in a terminal, and how answers and articles look there."""

from collections.abc import Callable, Iterator

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bot import replies
from bot.config import NewsroomSettings
from bot.heads import heads
from bot.small_talk import heard
from bot.texts import Texts
from embeddings import Answer, Article, Certainty, KnowledgeBase, QuestionTooLong, Quote, Summary, Turn, split_questions


def converse(
    knowledge: KnowledgeBase, console: Console, texts: Texts, read: Callable[[], str], newsroom: NewsroomSettings
) -> None:
    """Ask and answer until an empty line or the end of input; a question may follow on from the one before."""
    before: Turn | None = None
    console.print(replies.welcome_text(knowledge.summary(), texts, newsroom))
    console.print(texts.terminal_hint, style="dim")
    while True:
        try:
            typed = read().strip()
        except EOFError:
            typed = ""
        if not typed:
            console.print(texts.terminal_goodbye)
            return
        if typed.startswith("/"):
            console.print(texts.terminal_no_commands)
            continue
        said = heard(typed, texts)
        if line := said.reply or said.salam:
            console.print(line)
        for question in split_questions(said.question) if said.question else ():
            before = _answer(knowledge, console, texts, question, before)


def _answer(
    knowledge: KnowledgeBase, console: Console, texts: Texts, question: str, before: Turn | None
) -> Turn | None:
    """Print the answer to a question, and return what the next one may follow on."""
    try:
        answer = knowledge.answer(question, before=before)
    except QuestionTooLong as error:
        console.print(texts.question_too_long.format(length=error.length, most=error.most))
        return before
    if answer.typed:
        console.print(f"\n{texts.continued.format(question=answer.question)}")
    console.print(answer_view(answer, knowledge.summary(), texts))
    return answer.turn


def answer_view(answer: Answer, summary: Summary, texts: Texts) -> RenderableType:
    """An answer as the terminal shows it."""
    return Group(*_parts(answer, summary, texts))


def _parts(answer: Answer, summary: Summary, texts: Texts) -> Iterator[RenderableType]:
    yield Text()
    maybe = [texts.maybe] if answer.certainty is Certainty.MAYBE else []
    for line in (*replies.understood(answer, texts), *maybe, *heads(answer, texts)):
        yield Text(line)
    if not answer.answered:
        yield Text(replies.no_answer_text(summary, texts, answer.unnamed_office))
        if answer.near:
            yield Text(texts.near, style="dim")
    for quote in answer.quotes or answer.near:
        yield quote_view(quote, texts)
        yield Text()


def quote_view(quote: Quote, texts: Texts) -> RenderableType:
    """A quote with a bar beside it, the answering words bold, and its source under it."""
    text = Text(quote.text)
    if quote.answer is not None:
        text.stylize("bold", quote.answer[0] - quote.start, quote.answer[1] - quote.start)
    bar = Table.grid(padding=(0, 1))
    bar.add_column(style="cyan", width=1)
    bar.add_column()
    bar.add_row(_Bar(), text)
    source = Text(f"— {replies.quote_source(quote, texts)}", style="dim")
    if quote.article.url:
        source.append(f" · {quote.article.url}")
    if quote.copies:
        outlets = ", ".join(copy.source or texts.unknown_source for copy in quote.copies)
        source.append(f"\n  {texts.copies.format(number=len(quote.copies), outlets=outlets)}")
    return Group(bar, Padding(source, (0, 0, 0, 2)))


class _Bar:
    """A vertical line as tall as the cell beside it."""

    def __rich_console__(self, console: Console, options: object) -> Iterator[Text]:
        yield Text("▌")


def article_view(article: Article, texts: Texts) -> RenderableType:
    """A whole article."""
    head = [Text(article.title or article.id, style="bold"), Text(replies.source_text(article, texts), style="dim")]
    details = " · ".join(part for part in (article.id, article.place, article.url, article.path) if part)
    return Group(*head, Text(details, style="dim"), Text(), Text(article.text))
