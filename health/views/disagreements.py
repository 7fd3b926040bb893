"""The queue of accounts where score, money and judgement point apart."""

from collections.abc import Iterator

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.http import UserRequest
from accounts.queries.accounts import get_account_for
from cs_workspace.common import clock
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.fragments import render_page
from cs_workspace.common.paging import CountedPaginator
from cs_workspace.common.sending import Cell, send_csv, send_xlsx
from cs_workspace.common.toasts import toast
from health.forms.judgement import DisagreementFilterForm
from health.models import Disagreement
from health.queries.disagreements import (
    PAGE,
    SEEN,
    DisagreementFilter,
    all_rows,
    counts_of,
    owners_of,
    queue,
    rows_of,
)
from health.queries.judgement import to_judge
from health.services.disagreeing import mark_seen

CHIPS = {"all": "All", **dict(Disagreement.Kind.choices), SEEN: "Agreed"}


@require_safe
def disagreements(request: UserRequest) -> HttpResponse:
    """Accounts on which the signals point apart, the most ARR first, with what each of them says."""
    form = DisagreementFilterForm(request.GET)
    form.is_valid()
    wanted = form.wanted()
    counts = counts_of(request.user, wanted)
    accounts = queue(request.user, wanted)
    page = CountedPaginator(accounts, PAGE, count=counts[wanted.only]).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "wanted": wanted,
        "page": page,
        "rows": rows_of(request.user, list(page.object_list), wanted),
        "chips": [(key, label, counts[key]) for key, label in CHIPS.items()],
        "owners": owners_of(request.user) if request.user.leads else [],
        "to_judge": to_judge(request.user).count(),
        "sort_arr": "arr" if wanted.sort == "-arr" else "-arr",
        "sort_since": "since" if wanted.sort == "-since" else "-since",
        "is_narrowed": bool(wanted.owner or wanted.text or (wanted.only != "all" and counts["all"])),
    }
    return render_page(request, "health/disagreements.html", context, partial="rows")


@require_safe
def export(request: UserRequest) -> HttpResponseBase:
    """What the page shows, all pages of it, as CSV or with `format=xlsx` as a workbook."""
    form = DisagreementFilterForm(request.GET)
    form.is_valid()
    header = [
        *("Account", "Disagreement", "Since", "Tier", "Computed tier", "Score", "Usage change", "ARR change"),
        *("Pulse", "Pulse judged on", f"ARR ({settings.WORKSPACE_CURRENCY})", "Owner"),
    ]
    send = send_xlsx if request.GET.get("format") == "xlsx" else send_csv
    return send(f"disagreements-{clock.today():%Y-%m-%d}", header, _cells(request, form.wanted()))


@require_POST
@changes
def see(request: UserRequest, pk: int) -> HttpResponse:
    """Agrees that the signals of an account point apart, or with `?seen=0` puts it back into the queue."""
    account = get_account_for(request.user, pk)
    seen = request.GET.get("seen") != "0"
    mark_seen(by=request.user, account_ids=[account.pk], seen=seen)
    back = f"{reverse('health:see-disagreements', args=[pk])}?seen=0"
    words = "agreed, until something changes" if seen else "in the queue again"
    toast(request, f"{account.name}: {words}", undo=back if seen else "")
    return answer(request, "disagreementsChanged", "countsChanged", to="health:disagreements")


def _cells(request: UserRequest, wanted: DisagreementFilter) -> Iterator[list[Cell]]:
    for row in all_rows(request.user, wanted):
        account, pulse = row.account, row.pulse.pulse
        kept = account.health_override
        yield [
            account.name,
            "; ".join(one.get_kind_display() for one in row.found),
            min(one.since for one in row.found),
            account.health_tier,
            (kept["tier"] or "No score") if kept else account.health_tier,
            account.health_score,
            _share(row.facts.usage_change),
            _share(row.facts.arr_change),
            f"{pulse.get_value_display()}{' (stale)' if row.pulse.stale else ''}" if pulse else "Not judged",
            clock.day_of(pulse.at) if pulse else None,
            account.arr,
            account.owner.name if account.owner else "",
        ]


def _share(change: float | None) -> float | None:
    return None if change is None else round(change, 4)
