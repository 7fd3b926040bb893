"""`manage.py recompute`: health of all accounts or one, today, as of a day, or for every day of a span."""

import datetime as dt
import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from accounts.models import Account
from cs_workspace.common.migrating import ensure_current_tables
from health.models import Run
from health.queries.answers import ScoreAnswer, score_answer
from health.queries.runs import Progress as RunProgress
from health.queries.runs import progress_of
from health.services.runs import RunError, scope_of, start_run, work_off

# While others work on the last chunks.
LOOK_AGAIN_SECONDS = 0.2


class Command(BaseCommand):
    """Computes in this process; workers that find waiting chunks help, and nothing is computed twice."""

    help = "Recompute health: of all accounts or one, as of today, of a past day, or of every day of a span."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--account", type=int, metavar="ID",
            help="Only this account, by the key in its address; its score is explained.",
        )  # fmt: skip
        parser.add_argument(
            "--as-of", type=day, metavar="DATE", help="The day, if not today; a past one sends no alert."
        )
        parser.add_argument(
            "--from", dest="since", type=day, metavar="DATE", help="Rebuild snapshots from this day on,"
        )
        parser.add_argument("--to", type=day, metavar="DATE", help="up to this one (default: today). No alerts.")
        parser.add_argument("--json", action="store_true", help="Print the figures as JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        ensure_current_tables()
        account = self._account(options["account"])
        run = self._start(account, **options)
        console = Console(stderr=True, quiet=options["json"])
        with Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
            console=console, transient=True,
        ) as bar:  # fmt: skip
            error = self._work(run, bar)
        found = progress_of(run)
        if run.state == Run.State.FAILED:
            raise CommandError(f"The run failed after {found.done} of {found.chunks} chunks: {one_line(error)}")
        answer = self._answer(account, run)
        if options["json"]:
            figures = found.to_dict() | ({"health": answer.to_dict()} if answer else {})
            self.stdout.write(json.dumps(figures, ensure_ascii=False))
        else:
            self.stdout.write("\n".join([report(found), *([explanation(answer)] if answer else [])]))

    @staticmethod
    def _account(pk: int | None) -> Account | None:
        account = Account.objects.filter(pk=pk).first() if pk is not None else None
        if pk is not None and account is None:
            raise CommandError(f"No account has the key {pk}.")
        return account

    @staticmethod
    def _answer(account: Account | None, run: Run) -> ScoreAnswer | None:
        """Why the one account has its score, as of the run's day."""
        if account is None:
            return None
        account.refresh_from_db()
        return score_answer(account, as_of=run.as_of)

    def _start(
        self, one: Account | None, *, as_of: dt.date | None, since: dt.date | None, to: dt.date | None, **_: Any
    ) -> Run:
        if to is not None and since is None:
            raise CommandError("--to needs --from.")
        if as_of is not None and since is not None:
            raise CommandError("Give either --as-of or --from and --to.")
        try:
            return start_run(scope=scope_of(account=one), as_of=as_of or to, since=since, dispatch=False)
        except RunError as error:
            raise CommandError(str(error)) from error

    def _work(self, run: Run, bar: Progress) -> str:
        """Works off chunks until the run has ended; gives the last error."""
        error = ""
        task = bar.add_task("Recompute", total=run.chunks.count())
        while run.state == Run.State.RUNNING:
            try:
                worked = work_off(run)
            except Exception as failure:  # noqa: BLE001  the chunk keeps it and is tried again; five times end the run
                error, worked = str(failure), True
            bar.update(task, completed=run.chunks.exclude(done_at=None).count())
            if not worked:
                time.sleep(LOOK_AGAIN_SECONDS)
            run.refresh_from_db()
        return error


def day(text: str) -> dt.date:
    """A day as ISO writes it; argparse names the option where it is none."""
    return dt.date.fromisoformat(text)


def one_line(error: str) -> str:
    """The first line of a message."""
    return error.strip().partition("\n")[0] or "see the run in the admin."


def report(found: RunProgress) -> str:
    """The figures as a person reads them."""
    lines = [f"{found.scored:,} of {found.accounts:,} accounts scored in {found.seconds:.1f} s"]
    lines += [f"  {count:,} skipped: {reason}" for reason, count in found.skipped.items()]
    lines += [f"  {count:,} in {tier}" for tier, count in found.tiers.items()]
    lines += [f"{found.tier_moves:,} moved to another tier", f"{found.alerts:,} alerts raised"]
    return "\n".join(lines)


def explanation(answer: ScoreAnswer) -> str:
    """Why the score is what it is, as a person reads it."""
    if answer.score is None:
        return f"{answer.name}: no score ({answer.reason})"
    lines = [f"{answer.name}: {answer.score}, {answer.tier} ({answer.confidence or 0:.0%} of weight observed)"]
    for dimension in answer.dimensions:
        score = "not observed" if dimension["score"] is None else f"{dimension['score']:.1f}"
        lines.append(f"  {dimension['label']} ({dimension['weight']:g} %): {score}")
        lines += [
            f"    {one['points']:5.1f} points  {one['reading']}"
            for one in dimension["indicators"]
            if one["reading"] is not None
        ]
    if answer.moved:
        lines.append(f"Since {answer.moved['since']}: {answer.moved['points']:+.1f}")
        lines += [f"  {move['points']:+.1f}  {move['label']}: {move['now']}" for move in answer.moved["moves"]]
    if answer.raises:
        lines.append("What would raise it most:")
        lines += [f"  {one['points']:+.1f}  {one['goal']}" for one in answer.raises]
    return "\n".join(lines)
