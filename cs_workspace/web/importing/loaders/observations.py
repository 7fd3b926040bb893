"""Use, tickets, answers, training, events, metrics: handed to the verbs that record observations."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from cs_workspace.web.importing.kinds import INTEGER_MAX, METRIC
from cs_workspace.web.importing.loaders.base import ERROR, Loader, Outcome, whole_groups
from cs_workspace.web.importing.reading import Rows, TableReader
from health.domain.observations import (
    AnswerRow,
    EventRow,
    FeatureUse,
    TicketRow,
    TrainingRow,
    UsageRow,
    UserDay,
)
from health.services import observing

# Counts of one day add up over rows; what is a state on a day does not: its largest value holds.
COUNTED = ("logins", "core_actions", "minutes")
SUMMED = (*COUNTED, "data_volume")
STATES = ("active_users", "seats_assigned", "integrations")


class ObservationLoader(Loader):
    """What the loaders of roll-ups share: rows are grouped in the stage before they are recorded."""

    def grouped(self, columns: Sequence[str], by: Sequence[str], *, whole: int = 0) -> Iterator[list[tuple[Any, ...]]]:
        """Columns of the staged rows grouped by the first of them; groups of the first `whole` stay in one chunk."""
        names = ", ".join(by)
        chunks = self.stage.chunks([*by, *columns], group=names, order=names)
        return whole_groups(chunks, whole) if whole else chunks

    def take_too_large(self, summed: Sequence[str], by: Sequence[str]) -> None:
        """Takes out rows that are each possible but together more than can be stored, and tells of each."""
        own, keys = self.stage.name, ", ".join(by)
        same = " AND ".join(f"s.{column} IS NOT DISTINCT FROM g.{column}" for column in by)
        for name in summed:
            bound = self.stage.scalar(f"SELECT max({name})::numeric * count(*) FROM {own}")  # noqa: S608  own names
            if bound is None or bound <= INTEGER_MAX:
                continue
            taken = self.stage.all(
                f"DELETE FROM {own} s USING (SELECT {keys} FROM {own} GROUP BY {keys} "  # noqa: S608  own names
                f"HAVING sum({name}) > {INTEGER_MAX}) g WHERE {same} RETURNING s.file, s.line, s.{name}::text"
            )
            self.refused += len(taken)
            for file, line, value in sorted(taken):
                place = self.place(file, line, name, value or "")
                self.run.report(ERROR, place, f"adds up to more than {INTEGER_MAX:,} with other rows of its day")

    def count(self, keys: str, known: str) -> Outcome:
        """An outcome with the number of distinct keys among the staged rows, and of those that nothing knows yet."""
        distinct = f"SELECT count(*) FROM (SELECT DISTINCT {keys} FROM {self.stage.name}) s"  # noqa: S608  own names
        outcome = Outcome("", total=self.stage.scalar(distinct))
        outcome.new = self.stage.scalar(f"{distinct} WHERE NOT EXISTS (SELECT FROM {known})")
        return outcome


class UsageLoader(ObservationLoader):
    """Use by account, product and day."""

    happened = "day"

    def staged(self) -> dict[str, str]:
        """Use under a contract is that of its product."""
        return super().staged() | {"product_id": "bigint"}

    def write(self) -> list[Outcome]:
        """Days of use."""
        return [self.record_days()]

    def record_days(self) -> Outcome:
        """Records what the stage knows of days, whatever else it knows."""
        measures = [name for name in (*SUMMED, *STATES) if name in self.fields]
        keys = ["account_id", "day", "product_id"]
        adds_up = {*self.natural()} != {*keys}  # else no two rows are of one day, for twins are taken out
        if adds_up:
            self.take_too_large([name for name in measures if name in COUNTED], keys)
        days = self.stage.gather(keys, {name: _as_stored(name, adds_up) for name in measures}, group=adds_up)
        outcome = Outcome("days of use", total=days.rows)
        columns = [*keys, *(name if name in measures else "NULL::bigint" for name in UsageRow._fields[len(keys) :])]
        for rows in days.portions(columns):
            written = observing.record_selected_usage_days(rows)
            outcome.count(len(written.new), len(written.changed))
        return outcome


class FeatureUseLoader(UsageLoader):
    """Features used by account and day; minutes, where they are known, are use of the product on that day."""

    def staged(self) -> dict[str, str]:
        """Features by their key."""
        columns = super().staged()
        columns.pop("feature")
        return columns | {"feature_id": "bigint"}

    def prepare(self, rows: Rows, reader: TableReader) -> Rows:
        """A feature belongs to a product."""
        prepared = super().prepare(rows, reader)
        wrong = {place for place, product in enumerate(prepared.values["product_id"]) if product is None}
        for place in sorted(wrong):
            name = "product" if "product" in self.fields else "contract"
            reader.report(prepared, place, ERROR, name, "names no product: whose feature is it?")
        kept = prepared.without(wrong)
        names = list(zip(kept.values["product_id"], kept.values.pop("feature"), strict=True))
        kept.values["feature_id"] = self.run.references.features.all(names)
        return kept

    def write(self) -> list[Outcome]:
        """Months of feature use, and days of use."""
        month = "date_trunc('month', day)::date"
        if "uses" in self.fields:
            self.take_too_large(["uses"], ["account_id", "feature_id", "day"])
        outcome = self.count(
            f"account_id, feature_id, {month} AS month",
            "health_featuremonth t WHERE t.account_id = s.account_id AND t.feature_id = s.feature_id "
            "AND t.month = s.month",
        )
        outcome.label = "months of features"
        # A row without a count still proves one use.
        uses = "sum(COALESCE(uses, 1))" if "uses" in self.fields else "count(*)"
        for chunk in self.grouped([uses], ["account_id", "feature_id", month, "day"], whole=3):
            rows = [FeatureUse(account, feature, day, int(count)) for account, feature, _, day, count in chunk]
            outcome.changed += observing.record_feature_use(rows)
        outcome.changed -= outcome.new
        return [outcome, self.record_days()] if "minutes" in self.fields else [outcome]


class UserDayLoader(ObservationLoader):
    """Users of the customer and the days on which they were active."""

    happened = "day"

    def staged(self) -> dict[str, str]:
        """Use under a contract is that of its product."""
        return super().staged() | {"product_id": "bigint"}

    def write(self) -> list[Outcome]:
        """Months of users."""
        month = "date_trunc('month', day)::date"
        outcome = self.count(
            f'account_id, "user", product_id, {month} AS month',
            'health_usermonth t WHERE t.account_id = s.account_id AND t.user_key = s."user" AND t.month = s.month '
            "AND t.product_id IS NOT DISTINCT FROM s.product_id",
        )
        outcome.label = "months of users"
        for chunk in self.grouped([], ["account_id", '"user"', "product_id", month, "day"], whole=4):
            rows = [UserDay(account, user, day, product) for account, user, product, _, day in chunk]
            outcome.changed += observing.record_user_days(rows)
        outcome.changed -= outcome.new
        return [outcome]


class MetricLoader(ObservationLoader):
    """Custom metrics, one column each."""

    happened = "day"

    def natural(self) -> list[str]:
        """One value a day: a second one is told, whichever contract or key it comes under."""
        return ["account_id", "day"]

    def write(self) -> list[Outcome]:
        """Values of metrics by account and day."""
        outcome = Outcome("values of metrics")
        for name in filter(lambda name: name.startswith(METRIC), self.fields):
            given = f'"{name}" IS NOT NULL'
            outcome.total += self.stage.count(given)
            columns = ["account_id", f"'{name.removeprefix(METRIC)}'", "day", f'"{name}"']
            for rows in self.stage.portions(columns, given):
                written = observing.record_selected_metric_points(rows)
                outcome.count(len(written.new), len(written.changed))
        return [outcome]


class RecordLoader(Loader):
    """Records with an external id, handed on as they are. `row_type` and `verb` say to whom."""

    label: ClassVar[str]
    table_name: ClassVar[str]
    row_type: ClassVar[type]
    verb: ClassVar[Any]

    def write(self) -> list[Outcome]:
        """The records."""
        outcome = Outcome(self.label)
        outcome.total = self.stage.count()
        outcome.new = self.stage.scalar(
            f"SELECT count(*) FROM {self.stage.name} s WHERE NOT EXISTS ("  # noqa: S608  names of our own
            f"SELECT FROM {self.table_name} t WHERE t.source = %s AND t.external_id = s.key)",
            [self.run.source],
        )
        for rows in self.staged_rows():
            outcome.changed += type(self).verb([self.made(row) for row in rows])
        outcome.changed -= outcome.new
        return [outcome]

    def made(self, row: dict[str, Any]) -> Any:
        """The row as the verb takes it."""
        known = {name: row[name] for name in self.stage.columns}
        return self.row_type(**known, source=self.run.source, external_id=row["key"])


class TicketLoader(RecordLoader):
    """Support tickets."""

    happened = "opened_at"
    label, table_name, row_type = "tickets", "health_ticket", TicketRow
    verb = staticmethod(observing.record_tickets)


class SurveyLoader(RecordLoader):
    """Answers to surveys."""

    happened = "at"
    label, table_name, row_type = "survey answers", "health_surveyanswer", AnswerRow
    verb = staticmethod(observing.record_answers)


class TrainingLoader(RecordLoader):
    """Courses."""

    happened = "assigned_on"
    label, table_name, row_type = "courses", "health_trainingrecord", TrainingRow
    verb = staticmethod(observing.record_training)


class EventLoader(RecordLoader):
    """Webinars, posts and the like."""

    happened = "at"
    label, table_name, row_type = "events", "health_event", EventRow
    verb = staticmethod(observing.record_events)


def _as_stored(name: str, adds_up: bool) -> str:
    """The SQL of a measure over the rows of a day, as the roll-up holds it: whole numbers but for the data volume."""
    if name in STATES:
        return f"max({name})" if adds_up else name
    amount = f"sum({name})" if adds_up else name
    return f"{amount}::float8" if name == "data_volume" else f"round({amount})::bigint"
