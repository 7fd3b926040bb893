"""Panels of the account page that higher floors registered."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from accounts.registries import Panel

register = template.Library()


@register.simple_tag(takes_context=True)
def account_panel(context: template.Context, panel: Panel, shown: dict[str, Any]) -> SafeString:
    """The template of a panel, with what the page knows and what the panel shows."""
    with context.push(**shown):
        return template.Engine.get_default().get_template(panel.template).render(context)
