"""The admin application, before any model is loaded."""

from django.contrib.admin.apps import AdminConfig


class WorkspaceAdminConfig(AdminConfig):
    """Puts the workspace's admin in the place of Django's."""

    default_site = "cs_workspace.admin_site.WorkspaceAdminSite"
