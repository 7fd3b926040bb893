"""The figures of an import as people and programs read them."""

from pathlib import Path
from typing import Any

from cs_workspace.web.importing.problems import Group, Severity, shortened
from cs_workspace.web.importing.running import Loaded, Summary

Key = tuple[Severity, str, str, str]


def as_dict(summary: Summary) -> dict[str, Any]:
    """The summary for `--json`."""
    return {
        "mapping": summary.mapping,
        "source": summary.source,
        "dry_run": summary.dry_run,
        "shift_days": summary.shift_days,
        "tables": [_table(table) for table in summary.tables],
        "errors": summary.problems.count(Severity.ERROR),
        "warnings": summary.problems.count(Severity.WARNING),
        "problems": [_group(key, group) for key, group in summary.problems.sorted()],
        "absent": summary.absent,
        "left_out": summary.left_out,
        "notices": summary.notices,
        "accounts_touched": summary.accounts_touched,
        "owners_given": summary.owners_given,
        "rows": summary.rows,
        "seconds": summary.seconds,
    }


def _table(table: Loaded) -> dict[str, Any]:
    return {
        "kind": table.kind,
        "files": table.files,
        "rows": table.rows,
        "left_out": table.left_out,
        "duplicates": table.duplicates,
        "wrong": table.wrong,
        "outcomes": [
            {
                "records": outcome.label,
                "new": outcome.new,
                "changed": outcome.changed,
                "unchanged": outcome.unchanged,
            }
            for outcome in table.outcomes
        ],
    }


def _group(key: Key, group: Group) -> dict[str, Any]:
    severity, file, column, reason = key
    examples = [{"line": problem.line, "value": problem.value, "detail": problem.detail} for problem in group.examples]
    return {
        "severity": severity.value,
        "file": file,
        "column": column,
        "reason": reason,
        "count": group.count,
        "examples": examples,
    }


def as_text(summary: Summary, *, report: Path | None = None) -> str:
    """The summary for a terminal."""
    lines: list[str] = []
    for table in summary.tables:
        lines += _table_lines(table)
    lines += _problem_lines(summary)
    lines += [f"Not found: {', '.join(summary.absent)}"] if summary.absent else []
    lines += [f"Left out: {name}: {reason}" for name, reason in summary.left_out.items()]
    lines += summary.notices
    lines.append(_last_line(summary))
    if report:
        lines.append(f"Every problem stands in {report}.")
    return "\n".join(lines)


def _table_lines(table: Loaded) -> list[str]:
    said = [f"{table.rows:,} rows"]
    said += [f"{count:,} {word}" for count, word in _asides(table) if count]
    lines = [f"{table.kind} from {', '.join(table.files)}: {', '.join(said)}"]
    for outcome in table.outcomes:
        figures = f"{outcome.new:,} new, {outcome.changed:,} changed, {outcome.unchanged:,} unchanged"
        lines.append(f"  {outcome.label}: {figures}")
    return lines


def _asides(table: Loaded) -> list[tuple[int, str]]:
    return [(table.wrong, "wrong"), (table.duplicates, "repeated"), (table.left_out, "left out by the mapping")]


def _problem_lines(summary: Summary) -> list[str]:
    lines = []
    for (severity, file, column, reason), group in summary.problems.sorted():
        where = f"{file}, {column}" if column else file
        lines.append(f"{severity.value.capitalize()} × {group.count:,}: {where}: {reason}")
        for problem in group.examples:
            said = [f"“{shortened(problem.value)}”"] if problem.value else []
            said += [shortened(problem.detail)] if problem.detail else []
            lines.append(f"    line {problem.line}: {', '.join(said)}" if said else f"    line {problem.line}")
        if group.count > len(group.examples):
            lines.append(f"    and {group.count - len(group.examples):,} more")
    return lines


def _last_line(summary: Summary) -> str:
    rate = f" ({summary.rows / summary.seconds:,.0f} a second)" if summary.seconds else ""
    took = f"{summary.rows:,} rows in {summary.seconds:.1f} s{rate}"
    owners = f"; {summary.owners_given:,} accounts got an owner" if summary.owners_given else ""
    if summary.dry_run:
        return f"Dry run: {took}. Nothing was written."
    return f"{took}{owners}."
