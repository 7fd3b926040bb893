"""The Celery application. Each app's entry points stand in its `tasks.py`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cs_workspace.settings")

app = Celery("cs_workspace")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
