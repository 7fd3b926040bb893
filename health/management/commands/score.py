"""`manage.py score`: readings from a file to scores, without the database."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from health.domain.readings import DocumentError, parse_json, read_accounts, score_document
from health.domain.scorecards import ScorecardError, load_preset, preset_names
from health.domain.scoring import score_accounts


class Command(BaseCommand):
    """Scores accounts of a JSON file by a preset; prints JSON."""

    help = "Score readings from a file by a preset, without the database. Prints JSON."
    # Neither models nor URLs matter here, and the database may be down.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--preset", required=True, help=f"The scorecard: {', '.join(preset_names())}.")
        parser.add_argument(
            "--readings",
            required=True,
            metavar="FILE.json",
            help='{"accounts": [{"id": "a", "segment": "enterprise", "metrics": {"login_days": 27}}]}',
        )
        parser.add_argument("--json", action="store_true", help="Print on one line, for programs.")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["readings"])
        try:
            scorecard = load_preset(options["preset"])
            readings = read_accounts(parse_json(path.read_text(encoding="utf-8-sig")))
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror or error}") from error
        except UnicodeDecodeError as error:
            raise CommandError(f"{path}: is not UTF-8 text (byte {error.start})") from error
        except DocumentError as error:
            raise CommandError(f"{path}: {error}") from error
        except ScorecardError as error:
            raise CommandError(str(error)) from error
        scores = score_accounts(scorecard, readings.columns, segments=readings.segments)
        document = score_document(readings, scores)
        self.stdout.write(json.dumps(document, ensure_ascii=False, indent=None if options["json"] else 2))
