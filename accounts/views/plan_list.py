"""The list of success plans: reviews that are due, objectives that lag behind."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from accounts.forms.plan_filter import PlanFilterForm
from accounts.http import UserRequest
from accounts.queries.plan_list import CHIPS, PAGE, plan_counts, plan_list, plan_owners, rows_of, without_plan
from cs_workspace.common import clock
from cs_workspace.common.fragments import render_page
from cs_workspace.common.paging import CountedPaginator


@require_safe
def plans(request: UserRequest) -> HttpResponse:
    """Plans of the user's accounts, those whose review is due first."""
    form = PlanFilterForm(request.GET)
    form.is_valid()
    wanted = form.wanted()
    counts = plan_counts(request.user, wanted)
    page = CountedPaginator(plan_list(request.user, wanted), PAGE, count=counts[wanted.only]).get_page(
        request.GET.get("page")
    )
    context = {
        "form": form,
        "wanted": wanted,
        "page": page,
        "rows": rows_of(list(page.object_list)),
        "chips": [(key, label, counts[key]) for key, label in CHIPS.items()],
        "owners": plan_owners(request.user),
        "without_plan": without_plan(request.user),
        "today": clock.today(),
        "is_filtered": bool(wanted.owner or wanted.text),
        "sort_review": "-review" if wanted.sort == "review" else "review",
        "sort_account": "-account" if wanted.sort == "account" else "account",
    }
    return render_page(request, "accounts/plan/list.html", context, partial="rows")
