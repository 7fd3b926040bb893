"""The Celery application. Each app's entry points stand in its `tasks.py`."""

import os
import warnings

from celery import Celery
from celery.exceptions import SecurityWarning

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cs_workspace.settings")

# Celery advises against root because of pickled tasks; ours are JSON, and in a container root is usual.
warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("cs_workspace")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
