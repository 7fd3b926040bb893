"""How gunicorn serves the workspace: `gunicorn -c python:cs_workspace.gunicorn_conf cs_workspace.wsgi`."""

import os
from pathlib import Path

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
# A slow export or a slow reader must not hold up the others.
threads = int(os.environ.get("WEB_THREADS", "4"))
preload_app = True
# The heartbeat file on a busy disk makes gunicorn kill healthy workers.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  gunicorn makes the file itself
timeout = 60
graceful_timeout = 15
loglevel = os.environ.get("LOG_LEVEL", "info").lower()
