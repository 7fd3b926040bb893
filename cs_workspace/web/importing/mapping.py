"""Mapping files: which file feeds which kind, which column which field, and how it is read. See docs/importing.md."""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from cs_workspace.web.importing.dates import Order
from cs_workspace.web.importing.errors import MappingRefused, near_miss
from cs_workspace.web.importing.kinds import (
    CUSTOM,
    KINDS,
    METRIC,
    NUMERIC_READINGS,
    OWN_READINGS,
    Field,
    Kind,
    Reading,
)
from cs_workspace.web.importing.numbers import Mark

SHIPPED = Path(__file__).parent / "mappings"
MAPPING_KEYS = ("title", "source", "currency", "time_zone", "dates", "decimals", "left_out", "tables")
TABLE_KEYS = ("kind", "files", "key", "fields", "only", "left_out")
COLUMN_KEYS = ("column", "value", "times", "divided_by", "choices", "dates", "decimals", "anchor", "reading")
OWN_NAME = re.compile(r"[a-z0-9][a-z0-9_]{0,59}")
DATED = (Reading.DATE, Reading.DATETIME)
COUNTED = (Reading.INTEGER, Reading.DECIMAL)
WORDS = {str: "a text", list: "a list", dict: "a table", bool: "true or false", int: "a number"}


@dataclass(frozen=True)
class Column:
    """Where a field comes from: a column of the file, or a constant; and what is special about reading it."""

    field: Field
    column: str = ""
    value: object = None
    times: Decimal = Decimal(1)
    divided_by: Decimal = Decimal(1)
    choices: dict[str, object] | None = None
    order: Order | None = None
    mark: Mark | None = None
    anchor: bool = False

    @property
    def is_dated(self) -> bool:
        """Whether its cells are days or moments, which `--shift-to` moves."""
        return bool(self.column) and self.field.reading in DATED

    @property
    def is_counted(self) -> bool:
        """Whether its cells are numbers."""
        return bool(self.column) and self.field.reading in COUNTED


@dataclass(frozen=True)
class Table:
    """Files of one form, and what their rows become."""

    kind: Kind
    files: tuple[str, ...]
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    only: dict[str, frozenset[str]] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)

    @property
    def by_field(self) -> dict[str, Column]:
        """Its columns by the name of their field."""
        return {column.field.name: column for column in self.columns}

    @property
    def named_columns(self) -> list[str]:
        """Columns that the file must have."""
        return [*self.key, *(column.column for column in self.columns if column.column), *self.only]


@dataclass(frozen=True)
class Mapping:
    """All that is known of a source's files."""

    name: str
    title: str
    source: str
    currency: str
    zone: ZoneInfo
    tables: tuple[Table, ...]
    left_out: dict[str, str]


def shipped_mappings() -> list[str]:
    """Names of the mappings that come with the workspace."""
    return sorted(path.stem for path in SHIPPED.glob("*.toml"))


def load_mapping(name_or_file: str) -> Mapping:
    """The mapping of that name or in that file. Raises MappingRefused with every fault found."""
    path = Path(name_or_file)
    if not path.suffix:
        path = SHIPPED / f"{name_or_file}.toml"
        if "/" in name_or_file or not path.is_file():
            raise MappingRefused(
                name_or_file, [f"no mapping of this name is shipped.{near_miss(name_or_file, shipped_mappings())}"]
            )
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise MappingRefused(name_or_file, [f"cannot be read: {error.strerror}."]) from error
    except UnicodeDecodeError as error:
        raise MappingRefused(name_or_file, ["is not UTF-8 text."]) from error
    return parse_mapping(text, name=path.name)


def parse_mapping(text: str, *, name: str) -> Mapping:
    """The mapping written in `text`; `name` is what messages call it. Raises MappingRefused with every fault found."""
    try:
        # The file may come from Windows, where TOML's reader stumbles over a lone carriage return.
        written = tomllib.loads(text.replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise MappingRefused(name, [f"is not valid TOML: {error}."]) from error
    return _Parser(name).parse(written)


class _Parser:
    """Collects every fault of a mapping, so that a person mends them in one go."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.faults: list[str] = []
        self.order: Order | None = None
        self.mark: Mark | None = None
        self.currency = ""

    def parse(self, written: dict[str, Any]) -> Mapping:
        self._known(written, MAPPING_KEYS, "")
        source = self._get(written, "source", str, "")
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,49}", source):
            self._fault("", "source must be a short name of small letters, digits, - and _, such as “ravenstack”.")
        self.order = self._choice(written, "dates", Order, "")
        self.mark = self._choice(written, "decimals", Mark, "")
        self.currency = self._get(written, "currency", str, "")
        if self.currency and not re.fullmatch("[A-Z]{3}", self.currency):
            self._fault("", f"currency must be three capital letters, not “{self.currency}”.")
        tables = [
            table
            for number, content in enumerate(self._get(written, "tables", list, ""), 1)
            if (table := self._table(content, number))
        ]
        if not tables and not self.faults:
            self._fault("", "has no tables; it needs at least one [[tables]].")
        self._check_order_of(tables)
        mapping = Mapping(
            self.name, self._get(written, "title", str, "") or source, source, self.currency, self._zone(written),
            tuple(tables), self._reasons(written, ""),
        )  # fmt: skip
        if self.faults:
            raise MappingRefused(self.name, self.faults)
        return mapping

    # Tables

    def _table(self, content: object, number: int) -> Table | None:
        if not isinstance(content, dict):
            self._fault("", "tables must be written as [[tables]].")
            return None
        where = f"table {number}"
        self._known(content, TABLE_KEYS, where)
        name = self._get(content, "kind", str, where)
        kind = KINDS.get(name)
        if kind is None:
            self._fault(where, f"“{name}” is no kind.{near_miss(name, KINDS)}")
            return None
        where = f"table {number} ({name})"
        files = self._texts(content, "files", where)
        if not files:
            self._fault(where, "files is missing: the names that its file may have.")
        if any("/" in pattern or "\\" in pattern for pattern in files):
            self._fault(where, "files holds names, not paths.")
        key = self._texts(content, "key", where)
        if kind.keyed and not key:
            self._fault(where, "key is missing: the column that names each row in the source.")
        columns = self._columns(content, kind, where)
        return Table(kind, files, key, columns, self._only(content, where), self._reasons(content, where))

    def _columns(self, content: dict[str, Any], kind: Kind, where: str) -> tuple[Column, ...]:
        columns = []
        for name, written in self._flat(self._get(content, "fields", dict, where)).items():
            known = self._field(name, written, kind, where)
            if known:
                columns.append(self._column(known, written, f"{where}, {name}"))
        mapped = {column.field.name for column in columns}
        for known in kind.fields:
            if known.required and known.name not in mapped:
                self._fault(where, f"the field {known.name} must be mapped.")
        if kind.owner and not mapped & set(kind.owner):
            self._fault(where, f"the field {' or '.join(kind.owner)} must be mapped: whose row is it?")
        if kind.prefix == METRIC and not any(name.startswith(METRIC) for name in mapped):
            self._fault(where, "maps no metric; name them metric.NAME.")
        if "currency" in kind.by_name and "currency" not in mapped and self.currency:
            columns.append(Column(kind.by_name["currency"], value=self.currency))
        return tuple(columns)

    @staticmethod
    def _flat(fields: dict[str, Any]) -> dict[str, Any]:
        """`custom.industry = …` is a nested table in TOML; as a quoted key it is not. Both are meant alike."""
        flat: dict[str, Any] = {}
        for name, written in fields.items():
            if isinstance(written, dict) and f"{name}." in (CUSTOM, METRIC):
                flat |= {f"{name}.{own}": value for own, value in written.items()}
            else:
                flat[name] = written
        return flat

    def _field(self, name: str, written: object, kind: Kind, where: str) -> Field | None:
        if kind.prefix and name.startswith(kind.prefix):
            return self._own_field(name, written, kind, where)
        known = kind.by_name.get(name)
        if known is None:
            own = [f"{kind.prefix}NAME"] if kind.prefix else []
            self._fault(where, f"{kind.name} have no field “{name}”.{near_miss(name, [*kind.by_name, *own])}")
        elif isinstance(written, dict) and "reading" in written:
            self._fault(f"{where}, {name}", f"is always read as {known.reading}; reading is for fields of your own.")
        return known

    def _own_field(self, name: str, written: object, kind: Kind, where: str) -> Field | None:
        own = name.removeprefix(kind.prefix)
        if not OWN_NAME.fullmatch(own):
            self._fault(where, f"“{name}”: names of your own hold small letters, digits and _, at most 60.")
            return None
        allowed = NUMERIC_READINGS if kind.prefix == METRIC else OWN_READINGS
        reading: Reading | None = Reading.DECIMAL if kind.prefix == METRIC else Reading.TEXT
        if isinstance(written, dict) and "reading" in written:
            given = self._get(written, "reading", str, f"{where}, {name}")
            reading = next((option for option in allowed if option == given), None)
            if reading is None:
                self._fault(f"{where}, {name}", f"reading must be one of {', '.join(allowed)}, not “{given}”.")
                return None
        return Field(name, reading or Reading.TEXT, longest=1_000)

    def _column(self, known: Field, written: object, where: str) -> Column:
        if isinstance(written, str):
            written = {"column": written}
        if not isinstance(written, dict):
            self._fault(where, "must be the name of a column, or { column = … } or { value = … }.")
            return Column(known)
        self._known(written, COLUMN_KEYS, where)
        if ("column" in written) == ("value" in written):
            self._fault(where, "needs either column or value.")
        if "value" in written:
            return self._constant(known, written, where)
        self._fits(known, written, where)
        return Column(
            known,
            column=self._get(written, "column", str, where),
            times=self._factor(written, "times", where),
            divided_by=self._factor(written, "divided_by", where),
            choices=self._choices(known, written, where),
            order=self._choice(written, "dates", Order, where) or self.order,
            mark=self._choice(written, "decimals", Mark, where) or self.mark,
            anchor=known.reading in DATED and bool(written.get("anchor", not known.ahead)),
        )

    def _fits(self, known: Field, written: dict[str, Any], where: str) -> None:
        """Options that say nothing for this reading are a misunderstanding."""
        wanted = {
            "times": COUNTED, "divided_by": COUNTED, "decimals": COUNTED, "dates": DATED, "anchor": DATED,
            "choices": (Reading.CHOICE, Reading.BOOLEAN, Reading.TEXT),
        }  # fmt: skip
        for option, readings in wanted.items():
            if option in written and known.reading not in readings:
                self._fault(where, f"{option} does not go with a field that is read as {known.reading}.")
        if "anchor" in written:
            self._get(written, "anchor", bool, where)

    def _constant(self, known: Field, written: dict[str, Any], where: str) -> Column:
        if extra := set(written) - {"value", "reading"}:
            self._fault(where, f"a constant has no {', '.join(sorted(extra))}.")
        value = written["value"]
        if not self._suits(known, value):
            shown = ", ".join(known.choices) or f"what reads as {known.reading}"
            self._fault(where, f"value must be {'one of ' if known.choices else ''}{shown}.")
        return Column(known, value=value)

    @staticmethod
    def _suits(known: Field, value: object) -> bool:
        """Whether a constant can stand in the field; dates and lists are never constant."""
        if known.reading is Reading.BOOLEAN:
            return isinstance(value, bool)
        if known.reading in COUNTED:
            if not isinstance(value, int) or isinstance(value, bool):
                return False
            return (known.least is None or known.least <= value) and (known.most is None or value <= known.most)
        if known.reading is Reading.CURRENCY:
            return isinstance(value, str) and bool(re.fullmatch("[A-Z]{3}", value))
        if known.reading in (Reading.TEXT, Reading.CHOICE):
            fits = isinstance(value, str) and 0 < len(value) <= known.longest
            return fits and (not known.choices or value in known.choices)
        return False

    def _choices(self, known: Field, written: dict[str, Any], where: str) -> dict[str, object] | None:
        if "choices" not in written:
            return None
        table = self._get(written, "choices", dict, where)
        for said, meant in table.items():
            if not self._suits(known, meant):
                shown = ", ".join(known.choices) or ("true, false" if known.reading is Reading.BOOLEAN else "a text")
                self._fault(where, f"choices: “{said}” becomes “{meant}”, which is none of {shown}.")
        return {said.casefold(): meant for said, meant in table.items()}

    def _check_order_of(self, tables: list[Table]) -> None:
        names = [table.kind.name for table in tables]
        if "arr_changes" in names and "contracts" not in names[names.index("arr_changes") :]:
            self._fault("", "arr_changes must stand before the table of contracts that they change.")

    # Values

    def _zone(self, written: dict[str, Any]) -> ZoneInfo:
        name = self._get(written, "time_zone", str, "") or "UTC"
        if name not in available_timezones():
            self._fault("", f"“{name}” is no time zone.{near_miss(name, available_timezones())}")
            name = "UTC"
        return ZoneInfo(name)

    def _factor(self, written: dict[str, Any], key: str, where: str) -> Decimal:
        value = written.get(key, 1)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e9:
            self._fault(where, f"{key} must be a number above 0.")
            return Decimal(1)
        return Decimal(str(value))

    def _only(self, content: dict[str, Any], where: str) -> dict[str, frozenset[str]]:
        table = self._get(content, "only", dict, where)
        return {column: frozenset(self._texts(table, column, f"{where}, only")) for column in table}

    def _reasons(self, content: dict[str, Any], where: str) -> dict[str, str]:
        table = self._get(content, "left_out", dict, where)
        for name, reason in table.items():
            if not isinstance(reason, str) or not reason.strip():
                self._fault(where, f"left_out, {name}: needs a reason.")
        return table

    def _texts(self, content: dict[str, Any], key: str, where: str) -> tuple[str, ...]:
        """A text or a list of texts."""
        value = content.get(key, [])
        texts = [value] if isinstance(value, str) else value
        if not isinstance(texts, list) or not all(isinstance(text, str) and text.strip() for text in texts):
            self._fault(where, f"{key} must be a text or a list of texts.")
            return ()
        return tuple(text.strip() for text in texts)

    def _choice(self, content: dict[str, Any], key: str, options: Callable[[str], Any], where: str) -> Any:
        if key not in content:
            return None
        try:
            return options(content[key])
        except ValueError:
            known = ", ".join(f"“{option}”" for option in options)  # type: ignore[attr-defined]
            self._fault(where, f"{key} must be one of {known}, not “{content[key]}”.")
            return None

    def _get(self, content: dict[str, Any], key: str, kind: type, where: str) -> Any:
        """The value of a key, an empty one where it is absent or of another kind."""
        value = content.get(key, kind())
        if type(value) is not kind:
            self._fault(where, f"{key} must be {WORDS[kind]}.")
            return kind()
        return value.strip() if isinstance(value, str) else value

    def _known(self, content: dict[str, Any], keys: tuple[str, ...], where: str) -> None:
        for key in content:
            if key not in keys:
                self._fault(where, f"“{key}” means nothing here.{near_miss(key, keys)}")

    def _fault(self, where: str, text: str) -> None:
        self.faults.append(f"{where}: {text}" if where else text)
