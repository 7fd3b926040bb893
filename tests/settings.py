"""Settings of the test suite: the real ones, on servers of the suite's own.

Where DATABASE_URL is given the suite runs in server mode, on that PostgreSQL and on REDIS_URL.
Where it is not, `tests/conftest.py` starts throw-away servers in `TEST_VAR_DIR` as soon as a test asks for them.
"""

import os

from tests import servers

TEST_VAR_DIR = servers.var_dir()
os.environ.update(servers.environment(TEST_VAR_DIR))

from cs_workspace.settings import *  # noqa: E402, F403  the environment had to be complete first
from cs_workspace.settings import STORAGES  # noqa: E402

# Server mode asks for https; the test client and the live server speak http.
SECURE_SSL_REDIRECT = False
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False
SECURE_HSTS_SECONDS = 0

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
# Nothing is collected for tests; the folder exists so that WhiteNoise does not miss it.
STATIC_ROOT = TEST_VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
