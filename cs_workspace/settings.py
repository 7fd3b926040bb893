"""Settings of both run modes, read from the environment.

Server mode is on as soon as `DATABASE_URL` is set; then `REDIS_URL` and `SECRET_KEY` must be set too.
Without it the workspace runs embedded: PostgreSQL and Valkey from their wheels, everything under `var/`.
"""

from pathlib import Path

import environ
import pghistory
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.urls import reverse_lazy

from cs_workspace import embedded
from cs_workspace.beat import SCHEDULE

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")


def required(name: str, meaning: str) -> str:
    """A variable of server mode; where it is missing the message says what to set."""
    if not env.str(name, default=""):
        raise ImproperlyConfigured(
            f"{name} is not set. DATABASE_URL is, so the workspace runs in server mode and needs {name}: {meaning}. "
            "All variables stand in docs/operations.md; without DATABASE_URL it brings its own servers."
        )
    return env.str(name)


EMBEDDED = not env.str("DATABASE_URL", default="")
VAR_DIR = Path(env.str("CS_VAR_DIR", default=str(BASE_DIR / "var")))

if EMBEDDED:
    SECRET_KEY = embedded.secret_key(VAR_DIR)
    DATABASE_URL = embedded.database_url(VAR_DIR)
    REDIS_URL = embedded.redis_url(VAR_DIR)
else:
    SECRET_KEY = required("SECRET_KEY", "a long random text that stays the same: openssl rand -base64 48")
    DATABASE_URL = env.str("DATABASE_URL")
    REDIS_URL = required("REDIS_URL", "the broker and cache, Valkey or Redis: redis://HOST:6379/0")

DEBUG = env.bool("DEBUG", default=False)
# This machine itself always may: health checks ask from inside.
ALLOWED_HOSTS = [*env.list("ALLOWED_HOSTS", default=[]), "localhost", "127.0.0.1", "[::1]"]
CSRF_FAILURE_VIEW = "cs_workspace.web.views.errors.form_refused"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# The workspace
WORKSPACE_NAME = env.str("WORKSPACE_NAME", default="Northwind CS")
WORKSPACE_CURRENCY = env.str("WORKSPACE_CURRENCY", default="EUR")
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000")

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.inlines",
    "cs_workspace.apps.WorkspaceAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django_htmx",
    "template_partials",
    "django_filters",
    "csp",
    "pgtrigger",
    "pghistory",
    "cs_workspace.common",
    "accounts",
    "health",
    "renewals",
    "qbr",
    "cs_workspace.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "cs_workspace.common.middleware.LoginRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "cs_workspace.common.middleware.HtmxManners",
    "cs_workspace.common.middleware.UserTimeZone",
    "pghistory.middleware.HistoryMiddleware",
]

ROOT_URLCONF = "cs_workspace.urls"
WSGI_APPLICATION = "cs_workspace.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "cs_workspace.web.context.shell",
            ],
            # `{% url %}` for lists of hundreds of links.
            "builtins": ["cs_workspace.common.templatetags.links"],
        },
    },
]

_database = environ.Env.db_url_config(DATABASE_URL)
# No statement of a page runs for as long as it takes to compile, which PostgreSQL does where it expects many rows.
_database["OPTIONS"] = {"options": "-c jit=off"} | _database.get("OPTIONS", {})
DATABASES = {
    "default": {
        **_database,
        "CONN_HEALTH_CHECKS": True,
        "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=60),
    }
}
# Each record's audit rows stand under `history`; "events" are what customers did.
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(related_name="history")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "cs",
    }
}

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "today"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "en-gb"
# The workspace's day: what "today" means for scores, due dates and windows.
TIME_ZONE = env.str("WORKSPACE_TIME_ZONE", default="UTC")
# There is one language: to ask for it again at every word and number took a tenth of the time of a page.
USE_I18N = False
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = VAR_DIR / "media"

# E-mail: to files unless a provider or a server is named
EMAIL_URL = env.str("EMAIL_URL", default="")
EMAIL_PROVIDER = env.str("EMAIL_PROVIDER", default="")
if EMAIL_PROVIDER:
    EMAIL_BACKEND = f"anymail.backends.{EMAIL_PROVIDER}.EmailBackend"
elif EMAIL_URL:
    vars().update(environ.Env.email_url_config(EMAIL_URL))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="cs-workspace@localhost")
# Where customers' replies come in, if a provider hands them on; the sender gets them in any case.
REPLY_ADDRESS = env.str("REPLY_ADDRESS", default="")
# What django-anymail calls MAILGUN_API_KEY is ANYMAIL_MAILGUN_API_KEY here. What a provider cannot do, such as giving
# back our token, is no reason to send nothing.
ANYMAIL = {"IGNORE_UNSUPPORTED_FEATURES": True} | {
    name.removeprefix("ANYMAIL_"): value for name, value in env.ENVIRON.items() if name.startswith("ANYMAIL_") and value
}

# Celery: results live in the database where they matter, never in Redis
CELERY_BROKER_URL = embedded.celery_broker_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Whoever sends a task does not wait for a broker that is away: what there is to do stands in the database.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 900, "socket_connect_timeout": 2, "max_retries": 0}
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = SCHEDULE

# Security
SECURE = not EMBEDDED and env.bool("SECURE", default=True)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
SECURE_SSL_REDIRECT = SECURE and env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# The admin's look and its way around
UNFOLD = {
    "SITE_TITLE": WORKSPACE_NAME,
    "SITE_HEADER": WORKSPACE_NAME,
    "SITE_URL": "/",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda _request: static("img/icon.svg")}],
    # The accent of `static/css/tokens.css`: in light it is 600, in dark 400.
    "COLORS": {
        "primary": {
            "50": "oklch(97.5% 0.012 268)",
            "100": "oklch(94.5% 0.028 268)",
            "200": "oklch(90% 0.055 268)",
            "300": "oklch(82% 0.1 268)",
            "400": "oklch(74% 0.12 268)",
            "500": "oklch(66% 0.15 268)",
            "600": "oklch(47% 0.16 268)",
            "700": "oklch(42% 0.15 268)",
            "800": "oklch(37% 0.13 268)",
            "900": "oklch(32% 0.11 268)",
            "950": "oklch(25% 0.08 268)",
        }
    },
    "SHOW_HISTORY": True,
    "SIDEBAR": {
        "show_search": True,
        "navigation": [
            {
                "title": "Health",
                "items": [
                    {
                        "title": "Scorecards",
                        "icon": "scoreboard",
                        "link": reverse_lazy("admin:health_scorecard_changelist"),
                    },
                    {
                        "title": "Versions and weights",
                        "icon": "tune",
                        "link": reverse_lazy("admin:health_scorecardversion_changelist"),
                    },
                    {
                        "title": "Custom metrics",
                        "icon": "straighten",
                        "link": reverse_lazy("admin:health_custommetric_changelist"),
                    },
                    {
                        "title": "Alert rules",
                        "icon": "notifications_active",
                        "link": reverse_lazy("admin:health_alertrule_changelist"),
                    },
                    {"title": "Alerts", "icon": "warning", "link": reverse_lazy("admin:health_alert_changelist")},
                    {
                        "title": "Churn signals",
                        "icon": "sensors",
                        "link": reverse_lazy("admin:health_signalrule_changelist"),
                    },
                    {"title": "Recompute", "icon": "autorenew", "link": reverse_lazy("admin:health_run_changelist")},
                ],
            },
            {
                "title": "People",
                "items": [
                    {
                        "title": "Users and teams",
                        "icon": "group",
                        "link": reverse_lazy("admin:accounts_user_changelist"),
                    },
                    {
                        "title": "Messages",
                        "icon": "mail",
                        "link": reverse_lazy("admin:accounts_notification_changelist"),
                    },
                    {
                        "title": "Rules for e-mail",
                        "icon": "outgoing_mail",
                        "link": reverse_lazy("admin:accounts_mailrules_changelist"),
                    },
                    {
                        "title": "Nothing sent to",
                        "icon": "unsubscribe",
                        "link": reverse_lazy("admin:accounts_suppression_changelist"),
                    },
                    {
                        "title": "Told by mail servers",
                        "icon": "mark_email_unread",
                        "link": reverse_lazy("admin:accounts_mailevent_changelist"),
                    },
                    {
                        "title": "Saved views",
                        "icon": "bookmark",
                        "link": reverse_lazy("admin:accounts_savedview_changelist"),
                    },
                ],
            },
            {
                "title": "Customers",
                "items": [
                    {"title": "Accounts", "icon": "domain", "link": reverse_lazy("admin:accounts_account_changelist")},
                    {
                        "title": "Segments",
                        "icon": "stacked_bar_chart",
                        "link": reverse_lazy("admin:accounts_segment_changelist"),
                    },
                    {
                        "title": "Renewal timelines",
                        "icon": "timeline",
                        "link": reverse_lazy("admin:renewals_timeline_changelist"),
                    },
                    {
                        "title": "Timelines by segment",
                        "icon": "account_tree",
                        "link": reverse_lazy("admin:renewals_segmenttimeline_changelist"),
                    },
                    {
                        "title": "Look of decks",
                        "icon": "palette",
                        "link": reverse_lazy("admin:qbr_branding_changelist"),
                    },
                    {
                        "title": "Reviews by segment",
                        "icon": "co_present",
                        "link": reverse_lazy("admin:qbr_segmentreviews_changelist"),
                    },
                    {
                        "title": "Contacts",
                        "icon": "contacts",
                        "link": reverse_lazy("admin:accounts_contact_changelist"),
                    },
                    {
                        "title": "Contracts",
                        "icon": "description",
                        "link": reverse_lazy("admin:accounts_contract_changelist"),
                    },
                    {"title": "Invoices", "icon": "receipt", "link": reverse_lazy("admin:accounts_invoice_changelist")},
                    {
                        "title": "Products",
                        "icon": "inventory_2",
                        "link": reverse_lazy("admin:accounts_product_changelist"),
                    },
                    {
                        "title": "Exchange rates",
                        "icon": "currency_exchange",
                        "link": reverse_lazy("admin:accounts_exchangerate_changelist"),
                    },
                    {"title": "Tasks", "icon": "task_alt", "link": reverse_lazy("admin:accounts_task_changelist")},
                    {"title": "Holidays", "icon": "event", "link": reverse_lazy("admin:accounts_holiday_changelist")},
                ],
            },
        ],
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
