"""The workspace's settings with a queue and a schedule of their own, beside a workspace that runs."""

import tempfile
from pathlib import Path

from cs_workspace.settings import *  # noqa: F403  all of them, but for the two below

CELERY_TASK_DEFAULT_QUEUE = "cs_bench"
CELERY_BEAT_SCHEDULE_FILENAME = str(Path(tempfile.mkdtemp(prefix="cs-bench-")) / "schedule")
