"""The page on which somebody at a customer answers a survey: by the link in their e-mail, without a login or script."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.views.share_links import bare
from cs_workspace.common.http import HtmxRequest
from cs_workspace.common.refusals import RefusedError
from health.domain.surveys import scale_of
from health.forms.surveys import AnswerForm, MoreForm, SurveyForm
from health.models import SurveyAsk
from health.queries.survey_asks import is_open, survey_of
from health.services.answering import complete_answer, question_by_class, take_answer
from health.services.survey_follow_up import is_called


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def survey(request: HtmxRequest, token: str) -> HttpResponse:
    """The questions for one person, with the score of the address chosen already; what they say is kept by POST only,
    for programs that look after mail open links before people do."""
    ask = survey_of(token)
    if ask is None:
        raise Http404("There is no such survey.")
    if not is_open(ask):
        return _show(request, ask, None, status=200 if ask.answered_at else 410)
    if request.method == "POST":
        return _take(request, ask, token)
    if ask.answered_at:
        return _show(request, ask, MoreForm(ask=ask) if ask.answer else None)
    return _show(request, ask, AnswerForm(ask=ask, initial={"score": _chosen(request, ask)}))


def _take(request: HtmxRequest, ask: SurveyAsk, token: str) -> HttpResponse:
    """The first answer, or what is said after it; a first one that comes twice counts as what is said after it."""
    form: SurveyForm
    form = AnswerForm(request.POST, ask=ask) if ask.answer is None else MoreForm(request.POST, ask=ask)
    if not form.is_valid():
        return _show(request, ask, form, status=422)
    said = {"comment": form.cleaned_data["comment"], "replies": form.replies}
    try:
        if isinstance(form, AnswerForm):
            take_answer(ask=ask, score=form.cleaned_data["score"], **said)
        else:
            complete_answer(ask=ask, agreed=form.cleaned_data.get("agreed", False), **said)
    except RefusedError as refused:
        form.add_error(None, str(refused))
        return _show(request, ask, form, status=422)
    return bare(redirect("health:survey", token=token))


def _show(request: HtmxRequest, ask: SurveyAsk, form: SurveyForm | None, *, status: int = 200) -> HttpResponse:
    """The questions, thanks with what else may be said, or a word (410) where it is over."""
    context = {
        "ask": ask,
        "form": form,
        "most": scale_of(ask.survey.kind)[-1],
        "is_called": is_called(ask),
        "is_glad": ask.answer is not None and question_by_class(ask) is None,
    }
    return bare(render(request, "health/survey.html", context, status=status))


def _chosen(request: HtmxRequest, ask: SurveyAsk) -> int | None:
    """The score that the address names; none where it names none of the scale."""
    return {str(score): score for score in scale_of(ask.survey.kind)}.get(request.GET.get("score", ""))
