"""The reasons of Today, of which a page has a hundred: drawn here, as a template took ten times as long for each."""

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cs_workspace.common.templatetags.ui import due, short_day
from cs_workspace.web.domain.today import Kind
from cs_workspace.web.queries.today import Row
from cs_workspace.web.queries.today_acts import Act, How, Offer

register = template.Library()

REASON = """<li class="today-reason">
  <span class="today-kind k-{}">{}</span>
  <span class="today-text">{}{}</span>
  <span class="today-due">{}</span>
  {}
</li>"""
TEXTS = {
    How.DIALOG: '<a href="{url}" hx-get="{url}" hx-target="#dialog">{text}</a>',
    How.PAGE: '<a href="{url}">{text}</a>',
    None: "{text}",
}
ACTS = {
    How.POST: (
        '<span class="today-act"><button class="btn small" type="submit" id="{mark}" formaction="{url}" '
        'hx-post="{url}" hx-params="none" hx-swap="none" aria-label="{says}">{label}</button></span>'
    ),
    How.DIALOG: (
        '<span class="today-act"><a class="btn small" href="{url}&amp;next={here}" hx-get="{url}" '
        'hx-target="#dialog" aria-label="{says}">{label}</a></span>'
    ),
    How.PAGE: '<span class="today-act"><a class="btn small" href="{url}" aria-label="{says}">{label}</a></span>',
}


@register.simple_tag
def today_reason(offer: Offer, row: Row, here: str, read_only: bool) -> SafeString:
    """A reason of a row: its kind, what it is, when it is due, and the button, but for those who are `read_only`.

    `here` is the address of the page, quoted, to which a dialog without script leads back.
    """
    reason = offer.reason
    return format_html(
        REASON,
        reason.kind.lower(),
        reason.kind,
        format_html(TEXTS[offer.opens], url=offer.url, text=reason.text) + _letter(offer),
        format_html(' <span class="soft">{}</span>', reason.detail) if reason.detail else "",
        _when(offer, row),
        "" if read_only else _act(offer.act, here),
    )


def _letter(offer: Offer) -> SafeString:
    """The way to the e-mail that a task is about, as other lists of tasks show it."""
    letter = offer.reason.letter
    return SafeString(render_to_string("accounts/_task_letter.html", {"letter": letter}) if letter else "")


def _when(offer: Offer, row: Row) -> str:
    if offer.reason.due_at:
        return due(offer.reason.due_at)
    if offer.reason.kind is Kind.RENEWAL and row.account:
        return format_html('<span class="soft">{}</span>', short_day(row.account.renewal_date))
    return ""


def _act(act: Act, here: str) -> SafeString:
    return format_html(ACTS[act.how], url=act.url, mark=act.mark, says=act.says, label=act.label, here=here)
