"""The plain lines above the quotes of an answer that articles tell: which officials, which meetings."""

from collections.abc import Sequence

from bot.replies import date_text
from bot.texts import Texts
from embeddings import Answer, Aspect, MeetingAnswer, OfficialAnswer, by_office, disagree

OTHERS_SHOWN = 4
LISTED = 12


def heads(answer: Answer, texts: Texts) -> list[str]:
    """The plain lines above the quotes that articles tell: which officials, which meetings."""
    return [*_meeting_lines(answer.meetings, texts), *_holder_lines(answer.holders, texts)]


def table(answer: Answer, texts: Texts) -> list[tuple[str, ...]]:
    """The same list as rows under a heading, where it is one of several meetings or offices; else nothing."""
    if len(answer.meetings) > 1:
        return [texts.table_of_meetings, *(_meeting_row(held, texts) for held in answer.meetings[:LISTED])]
    offices = by_office(answer.holders) if answer.holders else ()
    if len(offices) > 1:
        return [texts.table_of_officials, *(row for of_one in offices[:LISTED] for row in _office_rows(of_one, texts))]
    return []


def _meeting_row(held: MeetingAnswer, texts: Texts) -> tuple[str, ...]:
    what, place = held.text(held.meeting.what), held.meeting.place
    return (_when(held, texts), what[:1].upper() + what[1:], held.text(place) if place else "")


def _office_rows(of_one: Sequence[OfficialAnswer], texts: Texts) -> list[tuple[str, ...]]:
    """A row for everybody who is named for an office, which the first names."""
    return [
        (_office(holder) if holder is of_one[0] else "", holder.name_text, _date_of(holder, texts))
        for holder in of_one[:OTHERS_SHOWN]
    ]


def _meeting_lines(meetings: Sequence[MeetingAnswer], texts: Texts) -> list[str]:
    counts = bool(meetings) and meetings[0].aspect is Aspect.COUNT
    counted = [texts.meetings_counted.format(number=len(meetings))] if counts else []
    if len(meetings) < 2:
        listed = (Aspect.COUNT, Aspect.WHEN, Aspect.WHICH)
        return [*counted, *(_meeting_line(held, texts) for held in meetings if held.aspect in listed)]
    around = sorted({held.around for held in meetings if held.around})
    several = len(around) > 1
    return [
        *(counted or [texts.meetings_listed]),
        *(f"• {_meeting_line(held, texts, several)}" for held in meetings[:LISTED]),
        *([texts.several_regions.format(around=around[0].title())] if several else []),
    ]


def _holder_lines(holders: Sequence[OfficialAnswer], texts: Texts) -> list[str]:
    if not holders:
        return []
    offices = by_office(holders)
    if len(offices) > 1:
        return _office_lines(offices, texts)
    first, *others = holders
    form = texts.holder_former if first.former else texts.holder if first.article.published else texts.holder_undated
    return [
        _holder_line(first, form, texts),
        *([texts.other_holders] if others else []),
        *(_holder_line(other, texts.other_holder, texts) for other in others[:OTHERS_SHOWN]),
        *([texts.holders_disagree] if disagree(holders) else []),
    ]


def _office_lines(offices: Sequence[Sequence[OfficialAnswer]], texts: Texts) -> list[str]:
    """A line for each office, with everybody who is named for it."""
    lines = [
        texts.holder_listed.format(
            office=_office(of_one[0]),
            names=", ".join(
                texts.other_named.format(name=holder.name_text, date=_date_of(holder, texts))
                for holder in of_one[:OTHERS_SHOWN]
            ),
        )
        for of_one in offices[:LISTED]
    ]
    more = [texts.holders_more.format(number=len(offices) - LISTED)] if len(offices) > LISTED else []
    of_one_name = len({(first.kind, first.region) for first, *_ in offices}) == 1
    several = [texts.several_regions.format(around=offices[0][0].around.title())] if of_one_name else []
    return [*lines, *more, *several]


def _meeting_line(held: MeetingAnswer, texts: Texts, tell_apart: bool = False) -> str:
    meeting, when = held.meeting, _when(held, texts)
    what, place = held.text(meeting.what), ""
    if meeting.place and held.aspect is not Aspect.WHEN:
        place = texts.meeting_place.format(place=held.text(meeting.place))
    if tell_apart and held.around:
        place += f" ({held.around.title()})"
    # Its first word may stand inside a sentence: "rapat koordinasi".
    return texts.meeting.format(when=when, what=what[:1].upper() + what[1:], place=place)


def _when(held: MeetingAnswer, texts: Texts) -> str:
    """The day of a meeting, or what the article prints in its place."""
    meeting = held.meeting
    if meeting.held is not None:
        return date_text(meeting.held, texts)
    form = texts.meeting_day if meeting.day else texts.meeting_without_day
    published = date_text(held.article.published, texts)
    return form.format(day=held.text(meeting.day) if meeting.day else "", date=published)


def _holder_line(holder: OfficialAnswer, form: str, texts: Texts) -> str:
    office = holder.office_text[:1].upper() + holder.office_text[1:]
    return form.format(office=office, name=holder.name_text, date=_date_of(holder, texts))


def _office(holder: OfficialAnswer) -> str:
    """An office as it is printed, with what tells its region from another of its name."""
    # The office's first word may stand inside a sentence: "mantan Bupati".
    office = holder.office_text[:1].upper() + holder.office_text[1:]
    told = holder.around and holder.around.casefold() in office.casefold()
    return f"{office}, {holder.around.title()}" if holder.around and not told else office


def _date_of(holder: OfficialAnswer, texts: Texts) -> str:
    published = holder.article.published
    return date_text(published, texts) if published else texts.undated_article
