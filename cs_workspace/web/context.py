"""What the frame of every page shows: where one is, what waits, who one is."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.functional import SimpleLazyObject

from cs_workspace.common import clock
from cs_workspace.web.queries.shell import frame_of

THEMES = ("light", "dark")
# In the cookie of the navigation: all of it is folded to icons.
ICONS = "icons"
STYLESHEETS = [
    "css/tokens.css",
    "css/base.css",
    "css/layout.css",
    "css/components.css",
    "css/account.css",
    "css/advocates.css",
    "css/board.css",
    "css/book.css",
    "css/checkpoints.css",
    "css/churn.css",
    "css/closing.css",
    "css/deck.css",
    "css/expansion.css",
    "css/features.css",
    "css/following.css",
    "css/forecast.css",
    "css/health.css",
    "css/judgement.css",
    "css/letters.css",
    "css/losses.css",
    "css/measures.css",
    "css/months.css",
    "css/onboarding.css",
    "css/outbox.css",
    "css/plan.css",
    "css/playbooks.css",
    "css/prepare.css",
    "css/proposals.css",
    "css/renewals.css",
    "css/retention.css",
    "css/reviews.css",
    "css/risk.css",
    "css/saving.css",
    "css/signals.css",
    "css/stakeholders.css",
    "css/surveys.css",
    "css/tasks.css",
    "css/today.css",
    "css/training.css",
    "css/win_back.css",
    "css/work.css",
]


def shell(request: HttpRequest) -> dict[str, Any]:
    """The frame, read only where a template shows it: fragments and the admin cost nothing."""
    return {"shell": SimpleLazyObject(lambda: _frame(request))}


def _frame(request: HttpRequest) -> dict[str, Any]:
    frame = {
        "workspace": settings.WORKSPACE_NAME,
        "theme": theme_of(request),
        "is_folded": ICONS in kept_of_nav(request),
        "stylesheets": _stylesheets(),
        "today": clock.today(),
    }
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        frame |= frame_of(user, request.path, kept_of_nav(request))
    return frame


@lru_cache(maxsize=1)
def _stylesheets() -> list[str]:
    """Their addresses, which stay what they are while a process runs."""
    return [static(sheet) for sheet in STYLESHEETS]


def theme_of(request: HttpRequest) -> str:
    """The scheme that the user chose; empty follows the system."""
    theme = request.COOKIES.get("theme", "")
    return theme if theme in THEMES else ""


def kept_of_nav(request: HttpRequest) -> list[str]:
    """How the user left the navigation: the keys of the groups that stand open, and `ICONS`."""
    return request.COOKIES.get("nav", "").split(".")
