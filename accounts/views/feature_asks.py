"""What accounts asked for: noted from the account or from the request, changed, taken back."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.feature_request import AccountAskForm, AskForm, RequestAskForm
from accounts.http import UserRequest
from accounts.models import FeatureAsk
from accounts.queries.accounts import get_account_for
from accounts.queries.feature_requests import get_ask_for, get_request
from accounts.services import feature_asks as service
from accounts.views.dialogs import attempt, sent
from accounts.views.feature_request import FORM_OR_PAGE, ask
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.toasts import toast


@require_http_methods(FORM_OR_PAGE)
@changes
def of_account(request: UserRequest, pk: int) -> HttpResponse:
    """Asks what an account wants: a request that is there, or one that is made with it."""
    account = get_account_for(request.user, pk)
    form = AccountAskForm(sent(request), account=account)
    here = reverse("accounts:account", args=[pk])
    made, status = None, 0
    if request.method == "POST":
        made, status = attempt(
            request,
            form,
            lambda: service.ask_for_what(by=request.user, account=account, **form.ask_fields()),
        )
    if made is None and status != 200:
        title, button = f"What {account} asks for", "Add"
        return ask(request, title, form, button=button, status=status or 200, account=account, back=here)
    if made:
        _tell_added(request, made)
    return answer(request, "featuresChanged", to=here, close=True)


@require_http_methods(FORM_OR_PAGE)
@changes
def of_request(request: UserRequest, pk: int) -> HttpResponse:
    """Asks which account wants this request too."""
    feature = get_request(pk)
    form = RequestAskForm(sent(request), user=request.user)
    if request.method != "POST":
        return ask(request, "Add an account", form, feature=feature, button="Add")
    made, status = attempt(
        request,
        form,
        lambda: service.ask_for(
            by=request.user,
            request=feature,
            account=form.cleaned_data["account"],
            asked_on=form.cleaned_data["asked_on"],
            words=form.cleaned_data["words"],
            key=form.cleaned_data["key"],
        ),
    )
    if status != 200:
        return ask(request, "Add an account", form, feature=feature, button="Add", status=status)
    if made:
        _tell_added(request, made)
    return answer(request, "featuresChanged", to=reverse("accounts:feature-request", args=[pk]), close=True)


@require_http_methods(FORM_OR_PAGE)
@changes
def edit(request: UserRequest, pk: int) -> HttpResponse:
    """Who asked, when, and in which words."""
    found = get_ask_for(request.user, pk)
    form = AskForm(sent(request), ask=found)
    done, status = None, 200
    if request.method == "POST":
        done, status = attempt(request, form, lambda: service.edit_ask(by=request.user, ask=found, **form.cleaned_data))
    if done is None:
        remove = reverse("accounts:feature-ask-remove", args=[pk])
        return ask(request, f"{found.account} asks", form, feature=found.request, status=status, remove=remove)
    toast(request, f"Saved · {found.account}")
    return answer(request, "featuresChanged", to=_page(found), close=True)


@require_POST
@changes
def remove(request: UserRequest, pk: int) -> HttpResponse:
    """The account asks for it no more."""
    found = get_ask_for(request.user, pk)
    service.remove_ask(by=request.user, ask=found)
    undo = reverse("accounts:feature-ask-restore", args=[pk])
    toast(request, f"{found.account} asks no more for “{found.request}”", undo=undo)
    return answer(request, "featuresChanged", to=_page(found), close=True)


@require_POST
@changes
def restore(request: UserRequest, pk: int) -> HttpResponse:
    """It asks for it after all."""
    found = get_ask_for(request.user, pk, with_removed=True)
    service.restore_ask(by=request.user, ask=found)
    toast(request, f"{found.account} asks for “{found.request}” again")
    return answer(request, "featuresChanged", to=_page(found))


def _tell_added(request: UserRequest, made: FeatureAsk) -> None:
    undo = reverse("accounts:feature-ask-remove", args=[made.pk])
    toast(request, f"{made.account} asks for “{made.request}”", undo=undo)


def _page(found: FeatureAsk) -> str:
    return reverse("accounts:feature-request", args=[found.request_id])
