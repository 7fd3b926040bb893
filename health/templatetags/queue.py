"""What can be done with a row of the at-risk queue: six links a row, drawn here, as they were half of the page's
template."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from cs_workspace.common.links import link
from cs_workspace.common.templatetags.ui import icon
from health.queries.at_risk import Row

register = template.Library()

# Without script a link leads away from the page, so that it says where to come back to.
LINK = (
    '<a class="icon-btn" id="{id}" href="{url}{back}" hx-get="{url}" hx-target="#dialog" aria-label="{says}" '
    'title="{title}">{icon}</a>'
)
ACKNOWLEDGE = (
    '<button class="icon-btn" type="submit" id="acknowledge-{pk}" form="queue-act" formaction="{url}" '
    'hx-post="{url}" hx-params="none" hx-swap="none" aria-label="Acknowledge {name}: {alert}" '
    'title="Acknowledge the alert">{icon}</button>'
)


@register.simple_tag
def queue_acts(row: Row, user: User, here: str) -> SafeString:
    """The buttons of a row for a user who may change something; `here` is the address of the page, quoted."""
    pk, name, plan = row.account.pk, row.account.name, row.plan
    back, new_task = f"?next={here}", link("accounts:task-new")
    drawn = [
        _acknowledge(row) if row.can_acknowledge else "",
        _link(f"touch-{pk}", link("accounts:touch-new", pk), "touch", "Log a touch", f"Log a touch with {name}"),
        _link(f"task-{pk}", f"{new_task}?account={pk}", "plus", "New task", f"New task for {name}"),
    ]
    if plan:
        close, says = link("health:intervention-close", plan.pk), f"Close the save plan of {name}"
        drawn.append(_link(f"save-{pk}", close, "close", "Close the save plan", says, back))
    else:
        start, says = link("health:intervention-new", pk), f"Start a save plan for {name}"
        drawn.append(_link(f"save-{pk}", start, "playbook", "Start a save plan", says, back))
    escalate = link("health:account-escalate", pk)
    drawn.append(_link(f"escalate-{pk}", escalate, "sort-up", "Escalate", f"Escalate {name}", back))
    if user.leads:
        assign = f"{link('accounts:bulk', 'assign')}?account={pk}"
        drawn.append(_link(f"assign-{pk}", assign, "person", "Assign", f"Assign {name}", f"&next={here}"))
    return SafeString("\n    ".join(drawn))


def _link(mark: str, url: str, picture: str, title: str, says: str, back: str = "") -> SafeString:
    return format_html(LINK, id=mark, url=url, back=back, says=says, title=title, icon=icon(picture))


def _acknowledge(row: Row) -> SafeString:
    assert row.alert is not None  # what cannot be acknowledged has no such button
    url = link("health:acknowledge-alert", row.alert.pk)
    return format_html(
        ACKNOWLEDGE, pk=row.account.pk, url=url, name=row.account.name, alert=row.alert.title, icon=icon("check")
    )
