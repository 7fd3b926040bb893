"""`manage.py metrics_doc`: writes docs/metrics.md."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from health.metrics.document import metrics_page

PAGE = settings.BASE_DIR / "docs" / "metrics.md"


class Command(BaseCommand):
    """Run it after a metric was added or changed."""

    help = "Write docs/metrics.md from the metrics that the code knows."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        PAGE.write_text(metrics_page(), encoding="utf-8")
        self.stdout.write(f"Wrote {PAGE}")
