"""The pipeline of opportunities: a board by stage or a table, its figures and targets, and the file."""

from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from accounts.http import UserRequest
from cs_workspace.common import clock
from cs_workspace.common.fragments import render_page
from cs_workspace.common.http import whole_number
from cs_workspace.common.paging import CountedPaginator, with_neighbours
from cs_workspace.common.sending import send_csv
from renewals.domain.opportunities import OPEN_STAGES
from renewals.forms.expansion import PipelineFilterForm
from renewals.queries.expansion_targets import expansion_results
from renewals.queries.pipeline import HEADER, PipelineFilter, export_rows, figures_of, listed, top_of
from renewals.queries.pipeline import board as columns_of

PAGE = 50
VIEWS = {"board": "Board", "table": "Table"}


@require_safe
def pipeline(request: UserRequest) -> HttpResponse:
    """What may be sold, by stage, with the forecast and what is reached of the targets."""
    form = _read(request)
    view, wanted = form.chosen_view, form.wanted()
    context: dict[str, Any] = {
        "form": form,
        "view": view,
        "views": VIEWS.items(),
        "wanted": wanted,
        "figures": figures_of(request.user, wanted),
        "top": top_of(request.user, wanted),
        "results": expansion_results(request.user, today=clock.today()),
        "is_filtered": wanted != PipelineFilter(),
    }
    if view == "board":
        context["columns"] = _columns(request, wanted)
    else:
        found = listed(request.user, wanted)
        page = CountedPaginator(found, PAGE, count=found.count()).get_page(request.GET.get("page"))
        context |= {"page": page, "opportunities": list(page.object_list)}
    return render_page(request, "renewals/pipeline.html", context, partial="rows")


@require_safe
def export(request: UserRequest) -> StreamingHttpResponse:
    """The same opportunities as a CSV file, all of them."""
    wanted = _read(request).wanted()
    return send_csv(f"opportunities-{clock.today():%Y-%m-%d}", HEADER, export_rows(request.user, wanted))


def _read(request: UserRequest) -> PipelineFilterForm:
    form = PipelineFilterForm(request.GET, user=request.user)
    form.is_valid()
    return form


def _columns(request: UserRequest, wanted: PipelineFilter) -> list[dict[str, Any]]:
    """The columns, each with the addresses of the pages beside the one that is shown."""
    pages = {stage: whole_number(request.GET, stage.value) for stage in OPEN_STAGES}
    return with_neighbours(request, columns_of(request.user, wanted, pages))
