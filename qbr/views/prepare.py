"""The page on which a review is prepared, the days that it looks at, and the words of its parts."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.http import UserRequest
from cs_workspace.common import clock
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.http import whole_number
from cs_workspace.common.refusals import RefusedError, StaleError
from cs_workspace.common.toasts import refuse, toast
from qbr.forms.prepare import PeriodForm, TextForm
from qbr.models import Review, SectionText
from qbr.queries.preparing import preparation_of
from qbr.queries.reviews import get_review_for
from qbr.queries.written import Written, with_written, written_in, written_of
from qbr.services.periods import choose_period, take_back_period
from qbr.services.texts import write_text


@require_safe
def prepare(request: UserRequest, pk: int) -> HttpResponse:
    """All that is known of the customer over the review's period, and what is still to be done."""
    review = get_review_for(request.user, pk, among=with_written)
    return _page(request, review, PeriodForm.of(review), written=written_of(review, today=clock.today()))


@require_POST
@changes
def period(request: UserRequest, pk: int) -> HttpResponse:
    """Lets the review look at other days; the page comes anew, for every figure may be another one."""
    review, form = get_review_for(request.user, pk), PeriodForm(request.POST)
    here = reverse("qbr:prepare", args=[pk])
    if not form.is_valid():
        return _page(request, review, form, status=422)
    wanted = {"since": form.cleaned_data["since"], "until": form.until, "version": form.cleaned_data["version"]}
    try:
        changed = choose_period(by=request.user, review=review, **wanted)
    except RefusedError as refused:
        form.add_error(None, str(refused))
        return _page(request, review, form, status=422)
    except StaleError as stale:
        form = PeriodForm.of(review)
        refuse(request, f"{stale} This is the review as it stands now.")
        return _page(request, review, form, status=409)
    toast(
        request,
        "The review looks at other days",
        undo=f"{reverse('qbr:period-back', args=[pk])}?version={changed.version}",
    )
    return answer(request, to=here)


@require_POST
@changes
def period_back(request: UserRequest, pk: int) -> HttpResponse:
    """Puts the period back that was there before the change that made `?version`."""
    review = get_review_for(request.user, pk)
    try:
        take_back_period(by=request.user, review=review, version=whole_number(request.GET, "version"))
    except (RefusedError, StaleError) as refused:
        refuse(request, str(refused))
    else:
        toast(request, "It looks at the days of before")
    return answer(request, to=reverse("qbr:prepare", args=[pk]))


@require_POST
@changes
def text(request: UserRequest, pk: int, key: str) -> HttpResponse:
    """Keeps the words of a part as they are typed; 409 where somebody else wrote meanwhile."""
    if key not in SectionText.Key.values:
        raise Http404("There is no such part.")
    review, form = get_review_for(request.user, pk), TextForm(request.POST)
    kept, problem, status = _write(request, review, key, form)
    if request.htmx:
        version = kept.version if kept else form.data.get("version", "0")
        context = {"key": key, "kept": kept, "version": version, "problem": problem}
        return render(request, "qbr/_text_state.html", context, status=status)
    if problem:
        refuse(request, problem)
        return _page(request, review, PeriodForm.of(review), status=status, typed={key: form.data})
    return answer(request, to=f"{reverse('qbr:prepare', args=[pk])}#part-{key}")


def _write(request: UserRequest, review: Review, key: str, form: TextForm) -> tuple[SectionText | None, str, int]:
    """What is kept, else what is wrong in words, and the status of the answer."""
    if not form.is_valid():
        words = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return None, words, 422
    version = form.cleaned_data["version"]
    try:
        kept = write_text(by=request.user, review=review, key=key, fields=form.text_fields(), version=version)
    except RefusedError as refused:
        return None, str(refused), 422
    except StaleError as stale:
        return None, f"{stale} Copy what you typed, and open the page again to see theirs.", 409
    return kept, "", 200


def _page(
    request: UserRequest,
    review: Review,
    form: PeriodForm,
    *,
    written: Written | None = None,
    status: int = 200,
    typed: dict[str, Any] | None = None,
) -> HttpResponse:
    today = clock.today()
    context = {
        "review": review,
        "account": review.account,
        "page": preparation_of(review, written or written_in(review, today=today), today=today),
        "period_form": form,
        "typed": typed or {},
        "can_write": review.is_ahead and not request.user.read_only,
    }
    return render(request, "qbr/prepare.html", context, status=status)
