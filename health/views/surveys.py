"""What customers answer to surveys: results, what they wrote, who has not answered; and asking one of them by hand."""

from collections.abc import Iterator

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import UserRequest
from accounts.models import Task
from accounts.queries.accounts import get_account_for
from accounts.views.dialogs import Dialog, attempt, sent, show
from cs_workspace.common import clock
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.fragments import render_page
from cs_workspace.common.sending import Cell, send_csv, send_xlsx
from cs_workspace.common.toasts import toast
from health.domain.surveys import AnswerClass, class_labels
from health.forms.surveys import AskForm, ResultsFilterForm
from health.queries.survey_asks import get_ask_for
from health.queries.survey_results import results_of
from health.queries.survey_words import (
    Answer,
    all_answers,
    answers_page,
    counts_by_class,
    kinds_in_use,
    surveys_of,
    unanswered_page,
)
from health.services.surveying import ask_by_hand


@require_safe
def surveys(request: UserRequest) -> HttpResponse:
    """NPS with its interval or the mean, response rate, course and segments of one survey, and what was written."""
    form = ResultsFilterForm(request.GET)
    form.is_valid()
    wanted = form.wanted()
    counts = counts_by_class(request.user, wanted)
    context = {
        "form": form,
        "wanted": wanted,
        "kinds": kinds_in_use(request.user),
        "results": results_of(request.user, wanted.kind, wanted.segment),
        "chips": [("all", "All", counts["all"]), *((key, label, counts[key]) for key, label in _labels(wanted.kind))],
        "page": answers_page(request.user, wanted, counts[wanted.said], request.GET.get("page", "1")),
    }
    return render_page(request, "health/surveys.html", context, partial="report", target="rows")


@require_safe
def unanswered(request: UserRequest) -> HttpResponse:
    """Who was asked and has not answered, the latest first."""
    form = ResultsFilterForm(request.GET)
    form.is_valid()
    wanted = form.wanted()
    context = {
        "wanted": wanted,
        "kinds": kinds_in_use(request.user),
        "page": unanswered_page(request.user, wanted.kind, request.GET.get("page", "1")),
        "now": clock.now(),
    }
    return render_page(request, "health/surveys_unanswered.html", context, partial="rows")


@require_safe
def export(request: UserRequest) -> HttpResponseBase:
    """The answers that the page shows, all pages of them, as CSV or with `format=xlsx` as a workbook."""
    form = ResultsFilterForm(request.GET)
    form.is_valid()
    wanted = form.wanted()
    header = ["Account", "Segment", "Owner", "Contact", "Answered on", "Score", "Class", "Comment", "Other answers"]
    send = send_xlsx if request.GET.get("format") == "xlsx" else send_csv
    rows = _cells(all_answers(request.user, wanted), dict(_labels(wanted.kind)))
    return send(f"survey-{wanted.kind}-{clock.today():%Y-%m-%d}", header, rows)


@require_safe
def ask_page(request: UserRequest, pk: int) -> HttpResponse:
    """One person who was asked: the e-mail, the answer with every word of it, and what follows."""
    ask = get_ask_for(request.user, pk)
    tasks = Task.objects.filter(origin_key__in=[f"survey:{pk}", f"survey:{pk}:agreed"]).order_by("pk")
    context = {"ask": ask, "account": ask.account, "tasks": tasks, "now": clock.now()}
    if ask.answer:
        context["found"] = Answer.of(ask.answer)
    return render_page(request, "health/survey_ask.html", context)


@require_safe
def panel(request: UserRequest, pk: int) -> HttpResponse:
    """The latest answers of an account, and what it was asked that waits."""
    account = get_account_for(request.user, pk)
    context = {"account": account, "surveys": surveys_of(account)}
    return render_page(request, "health/account_surveys.html", context, partial="panel", target="surveys")


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def ask(request: UserRequest, pk: int) -> HttpResponse:
    """Asks whom to ask what, and puts the e-mail into the outbox."""
    account = get_account_for(request.user, pk)
    form, dialog = AskForm(sent(request), account=account), Dialog("Send a survey", account, "Send")
    if request.method != "POST":
        return show(request, dialog, form)
    made, status = attempt(request, form, lambda: ask_by_hand(by=request.user, **form.cleaned_data))
    if status != 200:
        return show(request, dialog, form, status)
    if made:
        toast(request, f"{made.contact} gets “{made.survey}” by e-mail")
    home = reverse("health:account-surveys", args=[pk])
    return answer(request, "surveysChanged", "timelineChanged", to=home, close=True)


def _labels(kind: str) -> list[tuple[str, str]]:
    labels = class_labels(kind)
    return [(str(one), labels[one]) for one in AnswerClass]


def _cells(answers: Iterator[Answer], labels: dict[str, str]) -> Iterator[list[Cell]]:
    for found in answers:
        one = found.answer
        yield [
            one.account.name,
            one.account.segment.name if one.account.segment else "",
            one.account.owner.name if one.account.owner else "",
            one.contact.name if one.contact else "",
            clock.day_of(one.at),
            one.score,
            labels[found.found],
            one.comment,
            "\n".join(f"{reply.question} {reply}" for reply in found.replies),
        ]
