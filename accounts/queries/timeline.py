"""Everything that happened about an account, newest first: all sources in one UNION ALL, paged by keyset."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, DateTimeField, F, Func, Q, QuerySet, TextField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Collate, Concat
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.models import Account
from accounts.registries import TIMELINE, TimelineSource
from cs_workspace.common import clock, markdown

PAGE = 20
BIGINT = 2**63
Rows = QuerySet[Any]
COLUMNS = ("entry_at", "entry_kind", "entry_pk", "entry_title", "entry_detail", "entry_by", "entry_tone")


@dataclass(frozen=True)
class Entry:
    """One line of the timeline. `tone` is the class of a tier (t1 good … t4 bad) or empty."""

    at: dt.datetime
    kind: str
    pk: int
    title: str
    detail: str
    by: str
    tone: str

    @property
    def source(self) -> TimelineSource:
        """What it came from."""
        return TIMELINE[self.kind]

    @property
    def cursor(self) -> str:
        """Where the page after this entry begins."""
        return f"{self.at.isoformat()}~{self.kind}~{self.pk}"

    @property
    def day(self) -> dt.date:
        """The day under which it stands: the reader's, or the workspace's where only that is known."""
        return clock.day_of(self.at) if self.source.whole_days else timezone.localtime(self.at).date()

    @property
    def when(self) -> str:
        """The time of day for today, the weekday within a week, the day before that."""
        ago = (timezone.localtime(clock.now()).date() - self.day).days
        if ago == 0:
            return "today" if self.source.whole_days else f"{timezone.localtime(self.at):%H:%M}"
        if 0 < ago < 7:
            return f"{self.day:%a}"
        day = f"{self.day.day} {self.day:%b}"
        return day if ago < 330 else f"{day} {self.day.year}"

    @property
    def moment(self) -> str:
        """Day and time in full, without the time where only the day is known."""
        if self.source.whole_days:
            return f"{self.day:%a %d %b %Y}"
        return f"{timezone.localtime(self.at):%a %d %b %Y %H:%M}"

    @property
    def stamp(self) -> str:
        """For machines."""
        return self.day.isoformat() if self.source.whole_days else self.at.isoformat()

    @property
    def text(self) -> str | SafeString:
        """The detail as it is shown: Markdown made into harmless HTML, anything else as it is."""
        return markdown.render(self.detail) if self.source.markdown else self.detail

    @property
    def url(self) -> str:
        """The page of its own; empty where it has none."""
        return reverse(self.source.url_name, args=[self.pk]) if self.source.url_name else ""


@dataclass(frozen=True)
class Cursor:
    """The last entry of the page before."""

    at: dt.datetime
    kind: str
    pk: int


@dataclass(frozen=True)
class TimelinePage:
    """A page of entries; `older` is the cursor of the next one, empty at the end."""

    entries: Sequence[Entry]
    older: str


def entry_rows(
    queryset: QuerySet[Any],
    *,
    kind: str,
    at: str | Combinable,
    title: str | Combinable,
    detail: str | Combinable = "",
    by: str | Combinable = "",
    tone: str | Combinable = "",
    pk: str | Combinable = "pk",
) -> Rows:
    """Rows of one source in the columns that all sources share. A plain text names a field; empty is empty."""
    return (
        queryset.order_by()
        .annotate(
            entry_at=_field(at),
            # Compared byte by byte, as the cursor compares it.
            entry_kind=Collate(Value(kind, output_field=CharField()), "C"),
            entry_pk=_field(pk),
            entry_title=_text(title),
            entry_detail=_text(detail),
            entry_by=_text(by),
            entry_tone=_text(tone),
        )
        .values_list(*COLUMNS)
    )


def start_of_day(field: str) -> Combinable:
    """The first moment of a workspace day, for rows that know no time."""
    zone = clock.workspace_zone().key
    return Func(F(field), Value(zone), template="(%(expressions)s)", arg_joiner="::timestamp AT TIME ZONE ",
                output_field=DateTimeField())  # fmt: skip


def joined(*parts: str | Combinable) -> Concat:
    """Texts one after the other; a plain text names a field, and what is unknown is empty."""
    return Concat(*(_text(part) for part in parts), output_field=TextField())


def label_of(*cases: tuple[Q, str | Combinable], default: str | Combinable = "") -> Case:
    """The text of the first case that holds; a plain text names a field, empty is empty."""
    return Case(
        *(When(condition, then=_text(text)) for condition, text in cases),
        default=_text(default),
        output_field=TextField(),
    )


def timeline_groups() -> list[str]:
    """The filter chips: the groups of all sources, in the order in which they registered."""
    return list(dict.fromkeys(source.group for source in TIMELINE.values()))


def timeline_of(account: Account, *, group: str = "", before: Cursor | None = None, size: int = PAGE) -> TimelinePage:
    """Entries of one group, or of all for "", that are older than the cursor. One query, whatever the sources.

    Each source is cut to one page before the union, so each is read through its own index.
    """
    sources = [source for source in TIMELINE.values() if group in ("", source.group)]
    now = clock.now()
    slices = [
        source.entries(account)
        .filter(_older_than(before, source.key) if before else Q(entry_at__lte=now))
        .order_by("-entry_at", "-entry_pk")[: size + 1]
        for source in sources
    ]
    if not slices:
        return TimelinePage((), "")
    rows = slices[0]
    if len(slices) > 1:
        rows = rows.union(*slices[1:], all=True).order_by("-entry_at", "entry_kind", "-entry_pk")[: size + 1]
    entries = [Entry(*row) for row in rows]
    return TimelinePage(entries[:size], entries[size - 1].cursor if len(entries) > size else "")


def cursor_from(text: str) -> Cursor | None:
    """A cursor out of an address; None for the first page and for what is no cursor."""
    try:
        at, kind, pk = text.split("~")
        moment = dt.datetime.fromisoformat(at)
        key = int(pk)
    except ValueError:
        return None
    return Cursor(moment, kind, key) if moment.tzinfo and abs(key) < BIGINT else None


def _older_than(cursor: Cursor, kind: str) -> Q:
    """After the cursor in the order "newest first, then kind, then the higher key"."""
    older = Q(entry_at__lt=cursor.at)
    if kind > cursor.kind:
        return older | Q(entry_at=cursor.at)
    if kind == cursor.kind:
        return older | Q(entry_at=cursor.at, entry_pk__lt=cursor.pk)
    return older


def _field(value: str | Combinable) -> Combinable:
    return F(value) if isinstance(value, str) else value


def _text(value: str | Combinable) -> Combinable:
    """A text that is never null; what is made of texts is one already, and is not wrapped once more."""
    if value == "":
        return Value("", output_field=TextField())
    if isinstance(value, Value | Case | Concat):
        return value
    return Coalesce(Cast(_field(value), TextField()), Value(""), output_field=TextField())
