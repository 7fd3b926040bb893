"""The pages on which a draft is tuned: its weights beside what they would change, the backtest, and all versions."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import UserRequest
from cs_workspace.common import clock
from health.domain.scorecards import ScorecardError
from health.forms.tuning import PublishForm, WeightsForm
from health.models import ScorecardVersion
from health.queries.tuning import backtest_of, preview_of
from health.queries.tuning_versions import contest_of
from health.queries.versions import versions_of
from health.services.publishing import (
    RESTATED_DAYS,
    ChangedMeanwhileError,
    NotADraftError,
    bring_back,
    fingerprint,
    publish,
    restate_history,
    save_weights,
)
from health.services.runs import start_run

PREFIX = "health_scorecardversion"


class TuningPages:
    """Added to the admin of versions; whoever enters the admin looks, who may change things saves and publishes."""

    def get_urls(self) -> list[URLPattern]:
        """The pages of a version, before the admin's own."""
        pages = [
            ("tuning", "tuning", require_http_methods(["GET", "HEAD", "POST"])(self.tuning)),
            ("tuning/backtest", "backtest", require_GET(self.backtest)),
            ("versions", "versions", require_GET(self.versions)),
            ("bring-back", "bring_back", require_POST(self.bring_back)),
        ]
        own = [
            path(f"<path:object_id>/{address}/", self.admin_site.admin_view(view), name=f"{PREFIX}_{name}")  # type: ignore[attr-defined]
            for address, name, view in pages
        ]
        return own + super().get_urls()  # type: ignore[misc]

    def tuning(self, request: UserRequest, object_id: str) -> HttpResponse:
        """GET shows and tries weights, which stand in the address; POST saves them."""
        version = self._version(request, object_id)  # type: ignore[attr-defined]
        if version.state != ScorecardVersion.State.DRAFT:
            return redirect(page_of(version, "versions"))
        if request.method == "POST":
            return self._save(request, version)
        form = _form(request, version)
        return self._page(request, version, form)

    def backtest(self, request: UserRequest, object_id: str) -> HttpResponse:
        """Both versions on past days; asked for by the page once it stands, for it looks at two years."""
        version = self._version(request, object_id)  # type: ignore[attr-defined]
        form = _form(request, version)
        context: dict[str, Any] = {"version": version, "asked": True}
        try:
            contest = contest_of(version)
            now, draft = contest.cards()
            draft = form.applied_to(draft) if form.is_bound and form.is_valid() else draft
            context |= {
                "tested": backtest_of(contest, now, draft, today=clock.today()),
                "was": f"Version {now.version}" if now else "No version",
                "labels": {tier.rank: tier.label for tier in draft.tiers},
            }
        except ScorecardError as error:
            context["problem"] = str(error)
        return self._render(request, "admin/backtest.html", version, context, partial="backtest")

    def versions(self, request: UserRequest, object_id: str) -> HttpResponse:
        """Who published what and when, with the difference, and the way back."""
        version = self._version(request, object_id)  # type: ignore[attr-defined]
        lines = versions_of(version.scorecard)
        context = {
            "title": f"Versions of {version.scorecard}",
            "versions": lines,
            "judging": next((one.version.pk for one in lines if one.judges), 0),
            "may_change": not request.user.read_only,
        }
        return self._render(request, "admin/versions.html", version, context)

    def bring_back(self, request: UserRequest, object_id: str) -> HttpResponse:
        """Makes what a retired version held the published content again, as a new version."""
        _refuse_readers(request)
        version = self._version(request, object_id)  # type: ignore[attr-defined]
        judging = request.POST.get("judging", "")
        try:
            again = bring_back(version, by=request.user, judging=int(judging) if judging.isdecimal() else 0)
        except (NotADraftError, ChangedMeanwhileError, ScorecardError) as error:
            messages.error(request, str(error))
            return redirect(page_of(version, "versions"))
        run = start_run(by=request.user)
        messages.success(request, f"{again} judges from now on, with what {version} held.")
        return redirect("health:run", pk=run.pk)

    def _save(self, request: UserRequest, version: ScorecardVersion) -> HttpResponse:
        _refuse_readers(request)
        form = WeightsForm(request.POST, version=version, seen="")
        if not form.is_valid():
            return self._page(request, version, form, status=422)
        try:
            save_weights(version, form.weights(), seen=form.cleaned_data["seen"], by=request.user)
        except ChangedMeanwhileError as error:
            form.add_error(None, str(error))
            return self._page(request, version, form, status=409)
        except (NotADraftError, ScorecardError) as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"{version} is saved. It judges nobody until you publish it.")
        return redirect(page_of(version, "tuning"))

    def _page(self, request: UserRequest, version: ScorecardVersion, form: WeightsForm, *, status: int = 200) -> Any:
        context: dict[str, Any] = {"title": f"Tuning {version}", "form": form, "query": request.GET.urlencode()}
        contest, now = contest_of(version), None
        try:
            now, saved = contest.cards()
            tried = not form.is_bound or form.is_valid()
            draft = form.applied_to(saved) if form.is_bound and tried else saved
            if tried:
                context["preview"] = preview_of(contest, now, draft, today=clock.today())
            context |= {"unsaved": form.is_bound and draft != saved, "refused": not tried}
        except ScorecardError as error:
            context["problem"] = str(error)
        context |= {
            "now": now,
            "groups": form.groups(now),
            "judging": contest.judging,
            "publish": PublishForm(initial={"seen": fingerprint(version), "judging": contest.own}),
            "may_change": not request.user.read_only,
        }
        return self._render(request, "admin/tuning.html", version, context, partial="preview", status=status)

    def _render(
        self,
        request: UserRequest,
        template: str,
        version: ScorecardVersion,
        context: dict[str, Any],
        *,
        partial: str = "",
        status: int = 200,
    ) -> HttpResponse:
        if partial and request.htmx and request.htmx.target == partial:
            template = f"{template}#{partial}"
        frame = self.admin_site.each_context(request)  # type: ignore[attr-defined]
        frame |= {"opts": self.opts, "version": version}  # type: ignore[attr-defined]
        return TemplateResponse(request, template, frame | context, status=status)


def page_of(version: ScorecardVersion, name: str) -> str:
    """The address of one of the pages above."""
    return reverse(f"admin:{PREFIX}_{name}", args=[version.pk])


def publish_as_asked(request: UserRequest, version: ScorecardVersion) -> HttpResponse:
    """Publishes and starts what was ticked: the recompute of today leads to its progress."""
    form = PublishForm(request.POST)
    back = redirect(page_of(version, "tuning"))
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return back
    asked = form.cleaned_data
    try:
        version = publish(version, by=request.user, seen=asked["seen"], judging=asked["judging"])
    except (NotADraftError, ScorecardError, ChangedMeanwhileError) as error:
        messages.error(request, str(error))
        return back
    messages.success(request, f"{version} judges from now on.")
    if asked["restate"]:
        run = restate_history(days=asked["days"] or RESTATED_DAYS, by=request.user)
        messages.info(
            request, f"History is restated day by day from {run.since}: {run.key} among the runs shows how far it is."
        )
    if asked["recompute"]:
        return redirect("health:run", pk=start_run(by=request.user).pk)
    return redirect(page_of(version, "versions"))


def _form(request: UserRequest, version: ScorecardVersion) -> WeightsForm:
    """Bound to the weights in the address, where there are any."""
    form = WeightsForm(None, version=version, seen=fingerprint(version))
    if not set(form.fields) & set(request.GET):
        return form
    return WeightsForm(request.GET, version=version, seen="")


def _refuse_readers(request: UserRequest) -> None:
    if request.user.read_only:
        raise PermissionDenied("Your access is read-only. Ask an admin if you need to change things.")
