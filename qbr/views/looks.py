"""What decks look like in the browser: their colours as a style sheet, for pages allow no style in place, and the logo.

The addresses carry the mark of what they show, so that browsers keep both until an admin changes them.
"""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from accounts.http import UserRequest
from qbr.domain.deck_frame import RULE, palette_of
from qbr.queries.branding import look_of_decks

KEPT = "private, max-age=31536000, immutable"


@require_safe
def colours(request: UserRequest) -> HttpResponse:
    """The colours of decks as custom properties."""
    palette = palette_of(look_of_decks())
    named = {
        "ground": palette.ground, "mark": palette.mark, "ink": palette.ink, "faded": palette.faded,
        "strong": palette.strong, "drawn": palette.drawn, "card": palette.card, "rule": RULE,
    }  # fmt: skip
    rules = "".join(f"--deck-{name}:{colour};" for name, colour in named.items())
    return HttpResponse(f".deck{{{rules}}}", content_type="text/css; charset=utf-8", headers={"Cache-Control": KEPT})


@require_safe
def logo(request: UserRequest) -> HttpResponse:
    """The logo, which was drawn anew when it came; 404 without one."""
    found = look_of_decks().logo
    if found is None:
        raise Http404
    kind = "image/png" if found.startswith(b"\x89PNG") else "image/jpeg"
    return HttpResponse(found, content_type=kind, headers={"Cache-Control": KEPT})
