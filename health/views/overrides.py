"""The list of overridden tiers."""

from collections.abc import Iterator

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from accounts.http import UserRequest
from cs_workspace.common import clock
from cs_workspace.common.fragments import render_page
from cs_workspace.common.sending import Cell, send_csv, send_xlsx
from health.forms.judgement import OverrideFilterForm
from health.queries import overrides as queries
from health.queries.overrides import PAGE, STATES, OverrideFilter, override_counts, rows_of

HEADER = ("Account", "Overridden to", "Computed now", "Why", "By", "From", "Last day", "State", "Ended by", "Owner")


@require_safe
def overrides(request: UserRequest) -> HttpResponse:
    """Who overrode which tier, why and until when, beside what is computed now."""
    form = OverrideFilterForm(request.GET)
    form.is_valid()
    wanted = form.wanted()
    counts = override_counts(request.user, wanted)
    page = Paginator(queries.overrides(request.user, wanted), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "wanted": wanted,
        "page": page,
        "rows": rows_of(request.user, list(page.object_list)),
        "chips": [(key, label, counts[key]) for key, label in STATES.items()],
        "is_narrowed": bool(wanted.owner or wanted.text),
    }
    return render_page(request, "health/overrides.html", context, partial="rows")


@require_safe
def export(request: UserRequest) -> HttpResponseBase:
    """What the page shows, all pages of it, as CSV or with `format=xlsx` as a workbook."""
    form = OverrideFilterForm(request.GET)
    form.is_valid()
    send = send_xlsx if request.GET.get("format") == "xlsx" else send_csv
    return send(f"overrides-{clock.today():%Y-%m-%d}", HEADER, _cells(request, form.wanted()))


def _cells(request: UserRequest, wanted: OverrideFilter) -> Iterator[list[Cell]]:
    now = clock.now()
    for one in queries.overrides(request.user, wanted).iterator(chunk_size=1000):
        row = queries.Row(one, one.ended_at is None and one.ends_at > now, may_change=False)
        yield [
            one.account.name,
            one.label,
            row.computed[1] or "No score",
            one.reason,
            one.by.name if one.by else "",
            clock.day_of(one.at),
            one.until,
            "in force" if row.is_live else "ended early" if one.ended_by else "ran out",
            one.ended_by.name if one.ended_by else "",
            one.account.owner.name if one.account.owner else "",
        ]
